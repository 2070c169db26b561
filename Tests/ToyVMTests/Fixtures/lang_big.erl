%% Frames of more than 100 words, tuples of more than 255 elements, choices among many.
%% Each function without arguments is a test; its answer is what real Erlang returns.
-module(lang_big).
-export([tuple/0, elements/0, frame/0, choice/0, atom_choice/0, list/0, caught/0]).

id(X) -> X.

tuple() -> tuple(id(a), id([b])).

tuple(A, B) ->
    {
    A, B, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
    26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48,
    49, A, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71,
    72, 73, 74, 75, 76, 77, B, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94,
    95, 96, 97, 98, 99, A, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114,
    115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130, 131, 132,
    133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143, 144, 145, 146, 147, 148, 149, A, 151,
    152, 153, 154, B, 156, 157, 158, 159, 160, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170,
    171, 172, 173, 174, 175, 176, 177, 178, 179, 180, 181, 182, 183, 184, 185, 186, 187, 188,
    189, 190, 191, 192, 193, 194, 195, 196, 197, 198, 199, A, 201, 202, 203, 204, 205, 206, 207,
    208, 209, 210, 211, 212, 213, 214, 215, 216, 217, 218, 219, 220, 221, 222, 223, 224, 225,
    226, 227, 228, 229, 230, 231, B, 233, 234, 235, 236, 237, 238, 239, 240, 241, 242, 243, 244,
    245, 246, 247, 248, 249, A, 251, 252, 253, 254, 255, 256, 257, 258, 259, 260, 261, 262, 263,
    264, 265, 266, 267, 268, 269, 270, 271, 272, 273, 274, 275, 276, 277, 278, 279, 280, 281,
    282, 283, 284, 285, 286, 287, 288, 289, 290, 291, 292, 293, 294, 295, 296, 297, 298, 299}.

elements() ->
    T = tuple(id(x), id(y)),
    {element(1, T), element(256, T), element(300, T), element(id(201), T), tuple_size(T),
     setelement(id(299), T, changed) =:= T, outcome(fun() -> element(301, T) end)}.

outcome(F) -> try F() catch Class:Reason -> {Class, Reason} end.

frame() ->
    V0 = id({0}), V1 = id(1), V2 = id(2), V3 = id({3}), V4 = id(4), V5 = id(5), V6 = id({6}),
    V7 = id(7), V8 = id(8), V9 = id({9}), V10 = id(10), V11 = id(11), V12 = id({12}),
    V13 = id(13), V14 = id(14), V15 = id({15}), V16 = id(16), V17 = id(17), V18 = id({18}),
    V19 = id(19), V20 = id(20), V21 = id({21}), V22 = id(22), V23 = id(23), V24 = id({24}),
    V25 = id(25), V26 = id(26), V27 = id({27}), V28 = id(28), V29 = id(29), V30 = id({30}),
    V31 = id(31), V32 = id(32), V33 = id({33}), V34 = id(34), V35 = id(35), V36 = id({36}),
    V37 = id(37), V38 = id(38), V39 = id({39}), V40 = id(40), V41 = id(41), V42 = id({42}),
    V43 = id(43), V44 = id(44), V45 = id({45}), V46 = id(46), V47 = id(47), V48 = id({48}),
    V49 = id(49), V50 = id(50), V51 = id({51}), V52 = id(52), V53 = id(53), V54 = id({54}),
    V55 = id(55), V56 = id(56), V57 = id({57}), V58 = id(58), V59 = id(59), V60 = id({60}),
    V61 = id(61), V62 = id(62), V63 = id({63}), V64 = id(64), V65 = id(65), V66 = id({66}),
    V67 = id(67), V68 = id(68), V69 = id({69}), V70 = id(70), V71 = id(71), V72 = id({72}),
    V73 = id(73), V74 = id(74), V75 = id({75}), V76 = id(76), V77 = id(77), V78 = id({78}),
    V79 = id(79), V80 = id(80), V81 = id({81}), V82 = id(82), V83 = id(83), V84 = id({84}),
    V85 = id(85), V86 = id(86), V87 = id({87}), V88 = id(88), V89 = id(89), V90 = id({90}),
    V91 = id(91), V92 = id(92), V93 = id({93}), V94 = id(94), V95 = id(95), V96 = id({96}),
    V97 = id(97), V98 = id(98), V99 = id({99}), V100 = id(100), V101 = id(101), V102 = id({102}),
    V103 = id(103), V104 = id(104), V105 = id({105}), V106 = id(106), V107 = id(107),
    V108 = id({108}), V109 = id(109), V110 = id(110), V111 = id({111}), V112 = id(112),
    V113 = id(113), V114 = id({114}), V115 = id(115), V116 = id(116), V117 = id({117}),
    V118 = id(118), V119 = id(119),
    X = id(between),
    [X,
     V119, V118, V117, V116, V115, V114, V113, V112, V111, V110, V109, V108, V107, V106, V105,
     V104, V103, V102, V101, V100, V99, V98, V97, V96, V95, V94, V93, V92, V91, V90, V89, V88,
     V87, V86, V85, V84, V83, V82, V81, V80, V79, V78, V77, V76, V75, V74, V73, V72, V71, V70,
     V69, V68, V67, V66, V65, V64, V63, V62, V61, V60, V59, V58, V57, V56, V55, V54, V53, V52,
     V51, V50, V49, V48, V47, V46, V45, V44, V43, V42, V41, V40, V39, V38, V37, V36, V35, V34,
     V33, V32, V31, V30, V29, V28, V27, V26, V25, V24, V23, V22, V21, V20, V19, V18, V17, V16,
     V15, V14, V13, V12, V11, V10, V9, V8, V7, V6, V5, V4, V3, V2, V1, V0].

caught() ->
    V0 = id([0]), V1 = id([1]), V2 = id([2]), V3 = id([3]), V4 = id([4]), V5 = id([5]),
    V6 = id([6]), V7 = id([7]), V8 = id([8]), V9 = id([9]), V10 = id([10]), V11 = id([11]),
    V12 = id([12]), V13 = id([13]), V14 = id([14]), V15 = id([15]), V16 = id([16]),
    V17 = id([17]), V18 = id([18]), V19 = id([19]), V20 = id([20]), V21 = id([21]),
    V22 = id([22]), V23 = id([23]), V24 = id([24]), V25 = id([25]), V26 = id([26]),
    V27 = id([27]), V28 = id([28]), V29 = id([29]), V30 = id([30]), V31 = id([31]),
    V32 = id([32]), V33 = id([33]), V34 = id([34]), V35 = id([35]), V36 = id([36]),
    V37 = id([37]), V38 = id([38]), V39 = id([39]), V40 = id([40]), V41 = id([41]),
    V42 = id([42]), V43 = id([43]), V44 = id([44]), V45 = id([45]), V46 = id([46]),
    V47 = id([47]), V48 = id([48]), V49 = id([49]), V50 = id([50]), V51 = id([51]),
    V52 = id([52]), V53 = id([53]), V54 = id([54]), V55 = id([55]), V56 = id([56]),
    V57 = id([57]), V58 = id([58]), V59 = id([59]), V60 = id([60]), V61 = id([61]),
    V62 = id([62]), V63 = id([63]), V64 = id([64]), V65 = id([65]), V66 = id([66]),
    V67 = id([67]), V68 = id([68]), V69 = id([69]), V70 = id([70]), V71 = id([71]),
    V72 = id([72]), V73 = id([73]), V74 = id([74]), V75 = id([75]), V76 = id([76]),
    V77 = id([77]), V78 = id([78]), V79 = id([79]), V80 = id([80]), V81 = id([81]),
    V82 = id([82]), V83 = id([83]), V84 = id([84]), V85 = id([85]), V86 = id([86]),
    V87 = id([87]), V88 = id([88]), V89 = id([89]), V90 = id([90]), V91 = id([91]),
    V92 = id([92]), V93 = id([93]), V94 = id([94]), V95 = id([95]), V96 = id([96]),
    V97 = id([97]), V98 = id([98]), V99 = id([99]), V100 = id([100]), V101 = id([101]),
    V102 = id([102]), V103 = id([103]), V104 = id([104]), V105 = id([105]), V106 = id([106]),
    V107 = id([107]), V108 = id([108]), V109 = id([109]),
    X = try throw(id(V109)) catch throw:[N] -> N end,
    Y = (catch hd(id(V0)) + a),
    {X, element(1, Y),
     V109, V108, V107, V106, V105, V104, V103, V102, V101, V100, V99, V98, V97, V96, V95, V94,
     V93, V92, V91, V90, V89, V88, V87, V86, V85, V84, V83, V82, V81, V80, V79, V78, V77, V76,
     V75, V74, V73, V72, V71, V70, V69, V68, V67, V66, V65, V64, V63, V62, V61, V60, V59, V58,
     V57, V56, V55, V54, V53, V52, V51, V50, V49, V48, V47, V46, V45, V44, V43, V42, V41, V40,
     V39, V38, V37, V36, V35, V34, V33, V32, V31, V30, V29, V28, V27, V26, V25, V24, V23, V22,
     V21, V20, V19, V18, V17, V16, V15, V14, V13, V12, V11, V10, V9, V8, V7, V6, V5, V4, V3, V2,
     V1, V0}.

choice() -> [choice(id(N)) || N <- [0, 3, 1000, 5000, 299 * 17, 299 * 17 + 1, -17, a, 17]].

choice(0) -> c0; choice(17) -> c1; choice(34) -> c2; choice(51) -> c3; choice(68) -> c4;
choice(85) -> c5; choice(102) -> c6; choice(119) -> c7; choice(136) -> c8; choice(153) -> c9;
choice(170) -> c10; choice(187) -> c11; choice(204) -> c12; choice(221) -> c13; choice(238) -> c14;
choice(255) -> c15; choice(272) -> c16; choice(289) -> c17; choice(306) -> c18; choice(323) -> c19;
choice(340) -> c20; choice(357) -> c21; choice(374) -> c22; choice(391) -> c23; choice(408) -> c24;
choice(425) -> c25; choice(442) -> c26; choice(459) -> c27; choice(476) -> c28; choice(493) -> c29;
choice(510) -> c30; choice(527) -> c31; choice(544) -> c32; choice(561) -> c33; choice(578) -> c34;
choice(595) -> c35; choice(612) -> c36; choice(629) -> c37; choice(646) -> c38; choice(663) -> c39;
choice(680) -> c40; choice(697) -> c41; choice(714) -> c42; choice(731) -> c43; choice(748) -> c44;
choice(765) -> c45; choice(782) -> c46; choice(799) -> c47; choice(816) -> c48; choice(833) -> c49;
choice(850) -> c50; choice(867) -> c51; choice(884) -> c52; choice(901) -> c53; choice(918) -> c54;
choice(935) -> c55; choice(952) -> c56; choice(969) -> c57; choice(986) -> c58; choice(1003) -> c59;
choice(1020) -> c60; choice(1037) -> c61; choice(1054) -> c62; choice(1071) -> c63; choice(1088) -> c64;
choice(1105) -> c65; choice(1122) -> c66; choice(1139) -> c67; choice(1156) -> c68; choice(1173) -> c69;
choice(1190) -> c70; choice(1207) -> c71; choice(1224) -> c72; choice(1241) -> c73; choice(1258) -> c74;
choice(1275) -> c75; choice(1292) -> c76; choice(1309) -> c77; choice(1326) -> c78; choice(1343) -> c79;
choice(1360) -> c80; choice(1377) -> c81; choice(1394) -> c82; choice(1411) -> c83; choice(1428) -> c84;
choice(1445) -> c85; choice(1462) -> c86; choice(1479) -> c87; choice(1496) -> c88; choice(1513) -> c89;
choice(1530) -> c90; choice(1547) -> c91; choice(1564) -> c92; choice(1581) -> c93; choice(1598) -> c94;
choice(1615) -> c95; choice(1632) -> c96; choice(1649) -> c97; choice(1666) -> c98; choice(1683) -> c99;
choice(1700) -> c100; choice(1717) -> c101; choice(1734) -> c102; choice(1751) -> c103; choice(1768) -> c104;
choice(1785) -> c105; choice(1802) -> c106; choice(1819) -> c107; choice(1836) -> c108; choice(1853) -> c109;
choice(1870) -> c110; choice(1887) -> c111; choice(1904) -> c112; choice(1921) -> c113; choice(1938) -> c114;
choice(1955) -> c115; choice(1972) -> c116; choice(1989) -> c117; choice(2006) -> c118; choice(2023) -> c119;
choice(2040) -> c120; choice(2057) -> c121; choice(2074) -> c122; choice(2091) -> c123; choice(2108) -> c124;
choice(2125) -> c125; choice(2142) -> c126; choice(2159) -> c127; choice(2176) -> c128; choice(2193) -> c129;
choice(2210) -> c130; choice(2227) -> c131; choice(2244) -> c132; choice(2261) -> c133; choice(2278) -> c134;
choice(2295) -> c135; choice(2312) -> c136; choice(2329) -> c137; choice(2346) -> c138; choice(2363) -> c139;
choice(2380) -> c140; choice(2397) -> c141; choice(2414) -> c142; choice(2431) -> c143; choice(2448) -> c144;
choice(2465) -> c145; choice(2482) -> c146; choice(2499) -> c147; choice(2516) -> c148; choice(2533) -> c149;
choice(2550) -> c150; choice(2567) -> c151; choice(2584) -> c152; choice(2601) -> c153; choice(2618) -> c154;
choice(2635) -> c155; choice(2652) -> c156; choice(2669) -> c157; choice(2686) -> c158; choice(2703) -> c159;
choice(2720) -> c160; choice(2737) -> c161; choice(2754) -> c162; choice(2771) -> c163; choice(2788) -> c164;
choice(2805) -> c165; choice(2822) -> c166; choice(2839) -> c167; choice(2856) -> c168; choice(2873) -> c169;
choice(2890) -> c170; choice(2907) -> c171; choice(2924) -> c172; choice(2941) -> c173; choice(2958) -> c174;
choice(2975) -> c175; choice(2992) -> c176; choice(3009) -> c177; choice(3026) -> c178; choice(3043) -> c179;
choice(3060) -> c180; choice(3077) -> c181; choice(3094) -> c182; choice(3111) -> c183; choice(3128) -> c184;
choice(3145) -> c185; choice(3162) -> c186; choice(3179) -> c187; choice(3196) -> c188; choice(3213) -> c189;
choice(3230) -> c190; choice(3247) -> c191; choice(3264) -> c192; choice(3281) -> c193; choice(3298) -> c194;
choice(3315) -> c195; choice(3332) -> c196; choice(3349) -> c197; choice(3366) -> c198; choice(3383) -> c199;
choice(3400) -> c200; choice(3417) -> c201; choice(3434) -> c202; choice(3451) -> c203; choice(3468) -> c204;
choice(3485) -> c205; choice(3502) -> c206; choice(3519) -> c207; choice(3536) -> c208; choice(3553) -> c209;
choice(3570) -> c210; choice(3587) -> c211; choice(3604) -> c212; choice(3621) -> c213; choice(3638) -> c214;
choice(3655) -> c215; choice(3672) -> c216; choice(3689) -> c217; choice(3706) -> c218; choice(3723) -> c219;
choice(3740) -> c220; choice(3757) -> c221; choice(3774) -> c222; choice(3791) -> c223; choice(3808) -> c224;
choice(3825) -> c225; choice(3842) -> c226; choice(3859) -> c227; choice(3876) -> c228; choice(3893) -> c229;
choice(3910) -> c230; choice(3927) -> c231; choice(3944) -> c232; choice(3961) -> c233; choice(3978) -> c234;
choice(3995) -> c235; choice(4012) -> c236; choice(4029) -> c237; choice(4046) -> c238; choice(4063) -> c239;
choice(4080) -> c240; choice(4097) -> c241; choice(4114) -> c242; choice(4131) -> c243; choice(4148) -> c244;
choice(4165) -> c245; choice(4182) -> c246; choice(4199) -> c247; choice(4216) -> c248; choice(4233) -> c249;
choice(4250) -> c250; choice(4267) -> c251; choice(4284) -> c252; choice(4301) -> c253; choice(4318) -> c254;
choice(4335) -> c255; choice(4352) -> c256; choice(4369) -> c257; choice(4386) -> c258; choice(4403) -> c259;
choice(4420) -> c260; choice(4437) -> c261; choice(4454) -> c262; choice(4471) -> c263; choice(4488) -> c264;
choice(4505) -> c265; choice(4522) -> c266; choice(4539) -> c267; choice(4556) -> c268; choice(4573) -> c269;
choice(4590) -> c270; choice(4607) -> c271; choice(4624) -> c272; choice(4641) -> c273; choice(4658) -> c274;
choice(4675) -> c275; choice(4692) -> c276; choice(4709) -> c277; choice(4726) -> c278; choice(4743) -> c279;
choice(4760) -> c280; choice(4777) -> c281; choice(4794) -> c282; choice(4811) -> c283; choice(4828) -> c284;
choice(4845) -> c285; choice(4862) -> c286; choice(4879) -> c287; choice(4896) -> c288; choice(4913) -> c289;
choice(4930) -> c290; choice(4947) -> c291; choice(4964) -> c292; choice(4981) -> c293; choice(4998) -> c294;
choice(5015) -> c295; choice(5032) -> c296; choice(5049) -> c297; choice(5066) -> c298; choice(5083) -> c299;
choice(_) -> none.

atom_choice() -> [atom_choice(id(A)) || A <- [c0, c1, c55, c99, c100, x, 1, []]].

atom_choice(c0) -> 0; atom_choice(c1) -> 1; atom_choice(c2) -> 4; atom_choice(c3) -> 9;
atom_choice(c4) -> 16; atom_choice(c5) -> 25; atom_choice(c6) -> 36; atom_choice(c7) -> 49;
atom_choice(c8) -> 64; atom_choice(c9) -> 81; atom_choice(c10) -> 100; atom_choice(c11) -> 121;
atom_choice(c12) -> 144; atom_choice(c13) -> 169; atom_choice(c14) -> 196; atom_choice(c15) -> 225;
atom_choice(c16) -> 256; atom_choice(c17) -> 289; atom_choice(c18) -> 324; atom_choice(c19) -> 361;
atom_choice(c20) -> 400; atom_choice(c21) -> 441; atom_choice(c22) -> 484; atom_choice(c23) -> 529;
atom_choice(c24) -> 576; atom_choice(c25) -> 625; atom_choice(c26) -> 676; atom_choice(c27) -> 729;
atom_choice(c28) -> 784; atom_choice(c29) -> 841; atom_choice(c30) -> 900; atom_choice(c31) -> 961;
atom_choice(c32) -> 1024; atom_choice(c33) -> 1089; atom_choice(c34) -> 1156; atom_choice(c35) -> 1225;
atom_choice(c36) -> 1296; atom_choice(c37) -> 1369; atom_choice(c38) -> 1444; atom_choice(c39) -> 1521;
atom_choice(c40) -> 1600; atom_choice(c41) -> 1681; atom_choice(c42) -> 1764; atom_choice(c43) -> 1849;
atom_choice(c44) -> 1936; atom_choice(c45) -> 2025; atom_choice(c46) -> 2116; atom_choice(c47) -> 2209;
atom_choice(c48) -> 2304; atom_choice(c49) -> 2401; atom_choice(c50) -> 2500; atom_choice(c51) -> 2601;
atom_choice(c52) -> 2704; atom_choice(c53) -> 2809; atom_choice(c54) -> 2916; atom_choice(c55) -> 3025;
atom_choice(c56) -> 3136; atom_choice(c57) -> 3249; atom_choice(c58) -> 3364; atom_choice(c59) -> 3481;
atom_choice(c60) -> 3600; atom_choice(c61) -> 3721; atom_choice(c62) -> 3844; atom_choice(c63) -> 3969;
atom_choice(c64) -> 4096; atom_choice(c65) -> 4225; atom_choice(c66) -> 4356; atom_choice(c67) -> 4489;
atom_choice(c68) -> 4624; atom_choice(c69) -> 4761; atom_choice(c70) -> 4900; atom_choice(c71) -> 5041;
atom_choice(c72) -> 5184; atom_choice(c73) -> 5329; atom_choice(c74) -> 5476; atom_choice(c75) -> 5625;
atom_choice(c76) -> 5776; atom_choice(c77) -> 5929; atom_choice(c78) -> 6084; atom_choice(c79) -> 6241;
atom_choice(c80) -> 6400; atom_choice(c81) -> 6561; atom_choice(c82) -> 6724; atom_choice(c83) -> 6889;
atom_choice(c84) -> 7056; atom_choice(c85) -> 7225; atom_choice(c86) -> 7396; atom_choice(c87) -> 7569;
atom_choice(c88) -> 7744; atom_choice(c89) -> 7921; atom_choice(c90) -> 8100; atom_choice(c91) -> 8281;
atom_choice(c92) -> 8464; atom_choice(c93) -> 8649; atom_choice(c94) -> 8836; atom_choice(c95) -> 9025;
atom_choice(c96) -> 9216; atom_choice(c97) -> 9409; atom_choice(c98) -> 9604; atom_choice(c99) -> 9801;
atom_choice(_) -> none.

list() -> list(id(a)).

list(A) ->
    [
    0, 1, 2, 3, 4, 5, 6, A, {8, A}, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
    24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46,
    A, {48, A}, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68,
    69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, A, {88, A}, 89, 90,
    91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110,
    111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, A, {128, A},
    129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143, 144, 145, 146,
    147, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162, 163, 164,
    165, 166, A, {168, A}, 169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179, 180, 181, 182,
    183, 184, 185, 186, 187, 188, 189, 190, 191, 192, 193, 194, 195, 196, 197, 198, 199, 200,
    201, 202, 203, 204, 205, 206, A, {208, A}, 209, 210, 211, 212, 213, 214, 215, 216, 217, 218,
    219, 220, 221, 222, 223, 224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236,
    237, 238, 239, 240, 241, 242, 243, 244, 245, 246, A, {248, A}, 249, 250, 251, 252, 253, 254,
    255, 256, 257, 258, 259, 260, 261, 262, 263, 264, 265, 266, 267, 268, 269, 270, 271, 272,
    273, 274, 275, 276, 277, 278, 279].
