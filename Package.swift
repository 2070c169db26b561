// swift-tools-version: 6.2
// The map of the house. Targets stand in floor order: each imports only what stands above it here.
import PackageDescription

/// Settings of every Swift target. Strict memory safety is on where no raw memory is handled
/// (`strict`); in the floors every statement would carry the mark, and a mark that is everywhere
/// tells a reader nothing.
let common: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
let strict: [SwiftSetting] = common + [.strictMemorySafety()]
/// Settings of the floors, most of whose time is spent in a few short loops. Functions begin at a
/// multiple of 16 bytes else, and where a loop of a dozen instructions then stands in its cache
/// lines, which any change elsewhere decides, makes it up to 1.8 times as slow.
let floor: [SwiftSetting] =
  common + [
    .unsafeFlags(["-Xllvm", "-align-all-functions=6"], .when(configuration: .release))
  ]

/// The interpreter's handlers are to be nothing but their instructions and a jump: no frame pointer
/// in a function that calls nothing, and no two handlers merged to one that is called with what
/// they differ by. What an object of a scheduler thread holds is that thread's or under a lock: that
/// no two accesses to it meet is looked at in debug builds, not at each in a release build. The target is in no library product, so no embedder meets the flags.
let interpreter: [SwiftSetting] = [
  .unsafeFlags(
    [
      "-Xcc", "-momit-leaf-frame-pointer", "-Xllvm", "-swiftmergefunc-threshold=0",
      "-enforce-exclusivity=unchecked",
    ],
    .when(configuration: .release))
]

let package = Package(
  name: "Tenure",
  products: [
    .library(name: "Tenure", targets: ["Tenure"]),
    .executable(name: "tenure", targets: ["TenureTool"]),
  ],
  targets: [
    // Floor 0: pages from the operating system, in C because Swift imports mmap and madvise badly.
    .target(name: "CAlloc", path: "CAlloc"),
    // Floor 1: bytes and what they are for.
    .target(name: "Carriers", dependencies: ["CAlloc"], swiftSettings: floor),
    // Floor 1: words and their layout. Imports nothing: memory is handed to it.
    .target(name: "Terms", swiftSettings: floor),
    // Floor 2: a process's block, generations, roots, collection.
    .target(name: "Heaps", dependencies: ["Terms", "Carriers"], swiftSettings: floor),
    // Floor 3: tables in memory of their own, and match specifications.
    .target(name: "ETS", dependencies: ["Heaps", "Terms", "Carriers"], swiftSettings: floor),
    // Floor 4: processes and the system they share.
    .target(
      name: "Processes", dependencies: ["ETS", "Heaps", "Terms", "Carriers"],
      swiftSettings: floor),
    // Roof: the one import of an embedder.
    .target(
      name: "Tenure", dependencies: ["Processes", "ETS", "Heaps", "Terms", "Carriers"],
      swiftSettings: strict),
    // Outside: an embedder like any other. Without package access it sees only what is public.
    .target(
      name: "ToyVM", dependencies: ["Tenure"], packageAccess: false,
      swiftSettings: common + interpreter),
    // Beside: what tests and benchmarks share.
    .target(
      name: "TestKit", dependencies: ["Processes", "ETS", "Heaps", "Terms", "Carriers"],
      swiftSettings: common),
    // Programs that break the floors on purpose, with a model beside: for tests, and for
    // `tenure stress`, which sees no more of it than a list of names.
    .target(
      name: "Stress", dependencies: ["TestKit", "Processes", "ETS", "Heaps", "Terms", "Carriers"],
      swiftSettings: common),
    .executableTarget(
      name: "TenureTool", dependencies: ["Stress", "ToyVM", "Tenure"], packageAccess: false,
      swiftSettings: strict),
    // The benchmarks and the tests themselves.
    .executableTarget(
      name: "benchmarks", dependencies: ["ToyVM", "Tenure", "TestKit"], path: "Benchmarks",
      exclude: ["Programs", "Reference", "README.md"], swiftSettings: common),
    .executableTarget(
      name: "EtfFuzz", dependencies: ["TestKit"], path: "Tests/EtfFuzz", exclude: ["Corpus"],
      swiftSettings: common),
    .executableTarget(
      name: "MatchFuzz", dependencies: ["TestKit"], path: "Tests/MatchFuzz", exclude: ["Corpus"],
      swiftSettings: common),
    .testTarget(
      name: "CarriersTests", dependencies: ["Carriers", "TestKit"], swiftSettings: common),
    .testTarget(
      name: "TermsTests", dependencies: ["Terms", "TestKit"], exclude: ["Recording"],
      swiftSettings: common),
    .testTarget(
      name: "HeapsTests", dependencies: ["Heaps", "Stress", "TestKit"], exclude: ["Recording"],
      swiftSettings: common),
    .testTarget(
      name: "ETSTests", dependencies: ["ETS", "Processes", "TestKit"], exclude: ["Recording"],
      swiftSettings: common),
    .testTarget(
      name: "ProcessesTests", dependencies: ["Processes", "TestKit"], swiftSettings: common),
    .testTarget(
      name: "ToyVMTests", dependencies: ["ToyVM", "Tenure", "TestKit"],
      exclude: ["Fixtures", "Recording"], swiftSettings: common),
    .testTarget(
      name: "ToolTests", dependencies: ["TenureTool", "Stress", "ToyVM", "Tenure", "TestKit"],
      exclude: ["Fixtures"], swiftSettings: common),
    .testTarget(
      name: "EmbeddingTests", dependencies: ["Tenure"], packageAccess: false,
      swiftSettings: strict),
  ]
)
