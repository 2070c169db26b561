# What Elixir's own library answers. `main/1` takes names of sections as charlists, or none for all, and
# returns what each call in them gives. Maps of more than 32 keys are sorted first: their order is
# that of the machine's own hash.

defprotocol ElixirUse.Area do
  @fallback_to_any true
  def area(shape)
end

defmodule ElixirUse.Square do
  @enforce_keys [:side]
  defstruct [:side, name: "square"]
end

defmodule ElixirUse.Circle do
  @derive {Inspect, only: [:radius]}
  defstruct radius: 1.0, secret: :hidden

  defimpl ElixirUse.Area do
    def area(%{radius: radius}), do: 3.0 * radius * radius
  end

  defimpl String.Chars do
    def to_string(circle), do: "a circle of #{circle.radius}"
  end
end

defimpl ElixirUse.Area, for: ElixirUse.Square do
  def area(square), do: square.side * square.side
end

defimpl ElixirUse.Area, for: [Integer, List] do
  def area(value) when is_list(value), do: Enum.sum(value)
  def area(value), do: value
end

defimpl ElixirUse.Area, for: Any do
  def area(_), do: :none
end

defmodule ElixirUse.Failure do
  defexception [:code, message: "it failed"]
end

defmodule ElixirUse.Stack do
  use GenServer

  def start_link(items), do: GenServer.start_link(__MODULE__, items)

  @impl true
  def init(items), do: {:ok, items}

  @impl true
  def handle_call(:pop, _from, []), do: {:reply, :empty, []}
  def handle_call(:pop, _from, [top | rest]), do: {:reply, top, rest}
  def handle_call({:wait, time}, from, items), do: {:noreply, items, {:continue, {from, time}}}
  def handle_call(:stop, _from, items), do: {:stop, :normal, items, items}

  @impl true
  def handle_continue({from, time}, items) do
    Process.send_after(self(), {:answer, from}, time)
    {:noreply, items}
  end

  @impl true
  def handle_cast({:push, item}, items), do: {:noreply, [item | items]}

  @impl true
  def handle_info({:answer, from}, items) do
    GenServer.reply(from, {:later, length(items)})
    {:noreply, items}
  end
end

defmodule ElixirUse do
  import Bitwise
  require Integer
  alias ElixirUse.{Area, Circle, Failure, Square, Stack}

  @sections [
    :enums, :maps, :strings, :regexes, :processes, :protocols, :comprehensions, :withs, :streams,
    :numbers, :inspections, :failures, :keywords, :ranges, :binaries, :calendars, :supervisors,
    :encodings, :ports_of_call, :patterns
  ]

  def main([]), do: answers(@sections)
  def main(names), do: names |> Enum.map(&List.to_atom/1) |> answers()

  # Servers that a section ends are linked with this process.
  defp answers(sections) do
    Process.flag(:trap_exit, true)
    Enum.map(sections, &{&1, section(&1)})
  end

  defp section(:enums) do
    people = [%{name: "Ada", age: 36}, %{name: "Joe", age: 68}, %{name: "Eve", age: 36}]

    [
      Enum.map(1..5, &(&1 * &1)),
      Enum.reduce([1, 2, 3], 0, &+/2),
      Enum.group_by(people, & &1.age, & &1.name),
      Enum.sort_by(people, &{-&1.age, &1.name}),
      Enum.chunk_every(1..10, 3, 2, [:pad]),
      Enum.chunk_by([1, 1, 2, 3, 3], &rem(&1, 2)),
      Enum.chunk_while(1..10, [], &chunk/2, &{:cont, &1, []}),
      Enum.zip([1, 2, 3], [:a, :b, :c]),
      Enum.zip_with([1..3, 4..6], fn [x, y] -> x * y end),
      Enum.unzip([{1, 2}, {3, 4}]),
      Enum.flat_map([1, 2], &[&1, &1]),
      Enum.frequencies(~w(ant bee ant cat)),
      Enum.frequencies_by(~w(ant bee wolf), &String.length/1),
      Enum.min_max([3, 1, 2]),
      Enum.min_by(people, & &1.age),
      Enum.dedup([1, 1, 2, 1]),
      Enum.uniq_by([{1, :x}, {2, :y}, {1, :z}], &elem(&1, 0)),
      Enum.split_with([1, 2, 3, 4], &(rem(&1, 2) == 0)),
      Enum.reduce_while(1..100, 0, &if(&1 > 10, do: {:halt, &2}, else: {:cont, &1 + &2})),
      Enum.scan(1..5, &(&1 + &2)),
      Enum.map_reduce([1, 2, 3], 0, &{&1 * 2, &1 + &2}),
      Enum.slice([1, 2, 3, 4, 5], -3, 2),
      Enum.slice(1..10, 2..8//3),
      Enum.sum(1..1000),
      Enum.product([1, 2.5, 4]),
      Enum.join(["a", :b, 3, 1.5], "-"),
      Enum.map_join(1..3, ",", &"<#{&1}>"),
      Enum.into([a: 1, b: 2], %{}),
      Enum.sort([3, 1, 2], :desc),
      Enum.sort([~D[2020-03-01], ~D[2019-12-31]], Date),
      Enum.with_index([:a, :b], 1),
      Enum.find_value([1, 2, 3], &(&1 > 1 && &1 * 10)),
      Enum.take_while(1..10, &(&1 < 4)),
      Enum.drop_every(1..10, 3),
      Enum.reverse_slice([1, 2, 3, 4, 5], 1, 3),
      Enum.slide([:a, :b, :c, :d, :e], 3, 1),
      Enum.intersperse([1, 2, 3], 0),
      Enum.member?(MapSet.new([1, 2]), 2),
      Enum.count(%{a: 1, b: 2}),
      Enum.at([1, 2, 3], -1),
      Enum.concat([[1], 2..3, %{x: 1}]),
      Enum.sort(MapSet.to_list(MapSet.union(MapSet.new(1..40), MapSet.new(30..50)))),
      MapSet.subset?(MapSet.new([1]), MapSet.new([1, 2])),
      List.flatten([1, [2, [3, []]], 4]),
      List.foldr([1, 2, 3], [], &[&1 | &2]),
      List.keyfind([a: 1, b: 2], :b, 0),
      List.update_at([1, 2, 3], 1, &(&1 * 10)),
      List.insert_at([1, 2], -1, :z),
      List.myers_difference([1, 4, 2, 3], [1, 2, 3, 4]),
      List.to_tuple([1, 2]),
      List.improper?([1 | 2]),
      List.zip([[1, 2], [3, 4]]),
      Tuple.insert_at({1, 2}, 1, :x),
      Tuple.to_list({1, 2})
    ]
  end

  defp section(:maps) do
    big = Map.new(1..100, &{&1, &1 * &1})
    nested = %{user: %{name: "Ada", langs: [%{n: "ada"}, %{n: "erlang"}]}}

    [
      Map.get(big, 50),
      map_size(big),
      big |> Map.filter(fn {k, _} -> rem(k, 25) == 0 end) |> Enum.sort(),
      big |> Map.take([1, 2, 200]) |> Enum.sort(),
      big |> Map.drop(Enum.to_list(3..100)),
      Map.merge(%{a: 1, b: 2}, %{b: 3, c: 4}, fn _, x, y -> x + y end),
      Map.update(%{a: 1}, :a, 0, &(&1 + 1)),
      Map.update(%{}, :a, 0, &(&1 + 1)),
      Map.pop(%{a: 1, b: 2}, :a),
      Map.split(%{a: 1, b: 2, c: 3}, [:a, :c]),
      Map.put_new_lazy(%{}, :k, fn -> :made end),
      Map.get_and_update(%{a: 1}, :a, &{&1, &1 + 1}),
      Map.from_struct(%Square{side: 2}),
      Map.reject(%{a: 1, b: 2}, fn {_, v} -> v == 1 end),
      Map.equal?(%{a: 1}, %{a: 1.0}),
      get_in(nested, [:user, :langs, Access.all(), :n]),
      put_in(nested.user.name, "Eve"),
      update_in(nested, [:user, :langs, Access.at(0), :n], &String.upcase/1),
      pop_in(nested, [:user, :name]),
      get_and_update_in(nested, [:user, :name], &{&1, "new"}),
      %{nested | user: nil},
      Enum.sort(Map.keys(Map.new(1..50, &{"k#{&1}", &1}))),
      Enum.map(%{b: 1, a: 2}, fn {k, v} -> {v, k} end),
      struct(Square, side: 9),
      struct!(%Circle{}, radius: 2.5)
    ]
  end

  defp section(:strings) do
    text = "Größe: naïve café 日本語 👩‍👩‍👧 e\u0301"

    [
      String.length(text),
      String.upcase(text),
      String.downcase("ÀÉÎ STRASSE Σ"),
      String.downcase("ΌΣΟΣ", :greek),
      String.capitalize("élan vital"),
      String.reverse(text),
      String.graphemes(text),
      String.codepoints("e\u0301x"),
      String.split("  a b   c "),
      String.split("a,b;c", [",", ";"]),
      String.split("a,b,c", ",", parts: 2),
      String.split("1a2b3", ~r/[a-z]/, include_captures: true),
      String.replace("banana", "an", "AN", global: false),
      String.replace("banana", ~r/a(n)/, "<\\1>"),
      String.trim("\t x \n"),
      String.trim_leading("xxaxx", "x"),
      String.pad_leading("7", 3, "0"),
      String.pad_trailing("é", 4, ["-", "="]),
      String.slice(text, 0..4),
      String.slice(text, -5..-1),
      String.at("日本語", 1),
      String.starts_with?(text, ["x", "Gr"]),
      String.contains?("elixir of life", "of"),
      String.jaro_distance("Dwayne", "Duane"),
      String.bag_distance("abc", "bcd"),
      String.to_integer("-1234"),
      String.to_integer("ff", 16),
      String.to_float("2.5e-3"),
      String.to_atom("an_atom"),
      String.to_charlist("hé"),
      String.valid?(<<255>>),
      String.printable?("a\u{0007}"),
      String.normalize("e\u0301", :nfc),
      String.normalize("é", :nfd),
      String.equivalent?("é", "e\u0301"),
      String.next_codepoint("éa"),
      String.next_grapheme("👩‍👩‍👧x"),
      String.duplicate("ab", 3),
      String.match?("foo", ~r/^f/),
      String.myers_difference("fox hops", "fox jumps"),
      String.chunk(<<"abc", 255, "d">>, :valid),
      String.splitter("1,2 3", [" ", ","]) |> Enum.take(2),
      String.first("日本"),
      String.last("日本"),
      "#{:atom} #{1} #{1.0} #{[?a, ?b]} #{nil}",
      "a" <> "b" <> <<0x1F600::utf8>>,
      ~S(raw #{x}),
      ~w(a b c)a,
      Macro.underscore("FooBar.BazQux"),
      Macro.camelize("foo_bar"),
      :unicode.characters_to_binary("é", :utf8, :utf16),
      text |> String.to_charlist() |> Enum.take(4)
    ]
  end

  defp section(:regexes) do
    date = ~r/(?<year>\d{4})-(?<month>\d\d)/

    [
      Regex.run(date, "on 2023-04-05"),
      Regex.run(date, "on 2023-04-05", return: :index),
      Regex.named_captures(date, "on 2023-04-05"),
      Regex.names(date),
      Regex.scan(~r/(\w)(\d)/, "a1 b2 c3"),
      Regex.scan(~r/é+/u, "éé é"),
      Regex.replace(~r/\d+/, "a1b22", fn n -> "<#{n}>" end),
      Regex.replace(~r/(?<x>b)/, "abc", "[\\g{1}\\0]"),
      Regex.split(~r/\s*,\s*/, "a , b,c", trim: true),
      Regex.match?(~r/FOO/i, "foo"),
      Regex.source(~r/a.b/s),
      Regex.opts(~r/a/imsxu),
      Regex.compile("a(b"),
      Regex.escape("a.b*c"),
      Regex.run(~r/(?=b)./, "ab"),
      Regex.run(~r/\bfoo\b.*?bar/ms, "x foo\nz bar bar"),
      Regex.run(~r/\p{Lu}\p{Ll}+/u, "die Größe Éclair"),
      Regex.run(~r/(a+)+$/, "aaaaaaaaaaaaaaaaaaaaaaaaaaaa!"),
      inspect(~r/a\/b/i),
      "x=1" =~ ~r/=\d/,
      "abc" =~ "bc"
    ]
  end

  defp section(:processes) do
    {:ok, stack} = Stack.start_link([1])
    GenServer.cast(stack, {:push, 2})
    pops = for _ <- 1..3, do: GenServer.call(stack, :pop)
    later = GenServer.call(stack, {:wait, 5})
    timeout = catch_exit(fn -> GenServer.call(stack, {:wait, 500}, 10) end)
    end_of_stack = Process.monitor(stack)
    stopped = GenServer.call(stack, :stop)

    receive do
      {:DOWN, ^end_of_stack, :process, _, :normal} -> :ok
    end

    gone = catch_exit(fn -> GenServer.call(stack, :pop) end)

    {:ok, agent} = Agent.start_link(fn -> %{} end)
    for n <- 1..10, do: Agent.update(agent, &Map.put(&1, n, n * n))
    kept = Agent.get(agent, & &1)
    swapped = Agent.get_and_update(agent, &{map_size(&1), :gone})
    Agent.stop(agent)

    tasks = for n <- 1..5, do: Task.async(fn -> Enum.sum(1..(n * 100)) end)
    me = self()
    pid = spawn_link(fn -> send(me, {:hello, :from_child}) end)

    hello =
      receive do
        {:hello, who} -> who
      after
        1000 -> :nobody
      end

    {_, ref} = spawn_monitor(fn -> exit(:because) end)

    down =
      receive do
        {:DOWN, ^ref, :process, _, reason} -> reason
      end

    [
      pops, later, elem(timeout, 0), stopped, elem(gone, 0), kept, swapped,
      Task.await_many(tasks),
      Task.async_stream(1..6, &(&1 * &1), max_concurrency: 2, ordered: true) |> Enum.to_list(),
      Task.yield(Task.async(fn -> :done end), 1000),
      hello, is_pid(pid), down,
      Process.put(:key, 1), Process.get(:key), Process.delete(:key),
      Process.alive?(stack),
      Process.register(self(), :elixir_use) && Process.whereis(:elixir_use) == self(),
      Process.unregister(:elixir_use),
      send_after()
    ]
  end

  defp section(:protocols) do
    [
      Enum.map([%Square{side: 3}, %Circle{}, 7, [1, 2], :atom, %{}], &Area.area/1),
      to_string(%Circle{radius: 2}),
      "#{%Circle{}}",
      inspect(%Square{side: 1}),
      inspect(%Circle{}),
      Area.impl_for(%Square{side: 1}),
      Area.impl_for(1),
      raised(fn -> to_string(%Square{side: 1}) end),
      raised(fn -> Enum.map(1, & &1) end),
      raised(fn -> struct!(Square, []) end),
      %Square{side: 4} |> Map.put(:side, 5) |> Area.area(),
      Enumerable.impl_for(1..2),
      Collectable.impl_for(%{}),
      List.Chars.to_charlist("ab"),
      match?(%Square{side: 4}, %Square{side: 4})
    ]
  end

  defp section(:comprehensions) do
    [
      for(x <- 1..4, y <- 1..4, x < y, do: {x, y}),
      for(<<c <- "hello">>, c != ?l, into: "", do: <<c + 1>>),
      for({k, v} <- %{a: 1, b: 2}, into: %{}, do: {v, k}),
      for(x <- [1, 2, 2, 3], uniq: true, do: x),
      for(x <- 1..5, reduce: 0, do: (acc -> acc + x)),
      for(<<r::4, g::4 <- <<0x12, 0x34>> >>, do: {r, g}),
      for({:ok, v} <- [ok: 1, error: 2, ok: 3], do: v),
      for(n <- 1..20, into: MapSet.new(), do: rem(n, 4)) |> Enum.sort(),
      for(<<bit::1 <- <<0b1011::4>> >>, into: <<>>, do: <<1 - bit::1>>)
    ]
  end

  defp section(:withs) do
    run = fn map ->
      with {:ok, a} <- Map.fetch(map, :a),
           b when b > 1 <- Map.get(map, :b, 0),
           c = a + b do
        {:sum, c}
      else
        :error -> :no_a
        other -> {:small, other}
      end
    end

    fun = fn
      x when is_integer(x) and x in 1..9 -> :digit
      x when is_binary(x) -> byte_size(x)
      [_ | _] = list -> hd(list)
      _ -> :other
    end

    [
      Enum.map([%{}, %{a: 1}, %{a: 1, b: 2}], run),
      Enum.map([5, 50, "abc", [:x], nil], fun),
      case({1, 2}, do: ({x, x} -> x; {x, y} when x < y -> {:less, x, y})),
      cond do
        nil -> 1
        1 > 2 -> 2
        true -> 3
      end,
      if(false, do: 1),
      unless(false, do: 1),
      (nil || false) == false,
      1 |> Kernel.+(2) |> then(&(&1 * 3)),
      tap(1, fn _ -> :ignored end),
      [1, 2, 3] -- [2],
      [1] ++ [2],
      max(1, 2),
      {band(12, 10), bor(12, 10), bxor(12, 10), 1 <<< 70, -5 >>> 1, bnot(5)},
      div(-7, 2),
      rem(-7, 2),
      Integer.mod(-7, 2),
      Integer.floor_div(-7, 2),
      dbg_free(binding())
    ]
  end

  defp section(:streams) do
    [
      Stream.iterate(1, &(&1 * 2)) |> Enum.take(10),
      Stream.unfold({0, 1}, fn {a, b} -> {a, {b, a + b}} end) |> Enum.take(12),
      1..1000 |> Stream.map(&(&1 * 3)) |> Stream.filter(&(rem(&1, 2) == 0)) |> Enum.take(4),
      Stream.cycle([1, 2]) |> Stream.zip(1..5) |> Enum.to_list(),
      Stream.chunk_every(1..7, 3) |> Enum.to_list(),
      Stream.resource(fn -> 3 end, &if(&1 > 0, do: {[&1], &1 - 1}, else: {:halt, &1}), & &1)
      |> Enum.to_list(),
      Stream.transform(1..10, 0, fn x, acc -> if acc > 9, do: {:halt, acc}, else: {[x], acc + x} end)
      |> Enum.to_list(),
      Stream.concat([1..3, 7..9]) |> Stream.dedup() |> Stream.with_index() |> Enum.to_list(),
      Stream.flat_map(1..3, &Stream.duplicate(&1, &1)) |> Enum.to_list(),
      Stream.scan(1..5, &(&1 * &2)) |> Enum.to_list(),
      Stream.take_every(1..10, 4) |> Stream.drop(1) |> Enum.to_list(),
      Stream.interval(1) |> Enum.take(3),
      Stream.uniq([1, 1, 2]) |> Enum.to_list(),
      Stream.intersperse([1, 2, 3], :x) |> Enum.into([])
    ]
  end

  defp section(:numbers) do
    floats = [0.1, 1.0e-7, 1.0e16, 123_456_789.125, 5.0e-324, 1.7976931348623157e308, -0.0, 100.0]

    [
      Enum.map(floats, &Float.to_string/1),
      Enum.map(floats, &inspect/1),
      Enum.map([1.5, 2.5, -1.5, 2.675], &Float.round(&1, 2)),
      Enum.map([1.234, -1.234], &{Float.ceil(&1, 1), Float.floor(&1, 1)}),
      Float.ratio(0.75),
      Float.parse("1.5e3abc"),
      Float.parse("x"),
      Integer.parse("12abc"),
      Integer.parse("zz", 36),
      Integer.to_string(255, 16),
      Integer.digits(12345, 10),
      Integer.undigits([1, 2, 3]),
      Integer.gcd(12, 18),
      Integer.extended_gcd(240, 46),
      Integer.pow(3, 100),
      Integer.is_odd(3),
      factorial(40),
      10 ** 20,
      2 ** -1,
      1_000_000 / 3,
      round(2.5),
      trunc(-2.7),
      1 == 1.0,
      1 === 1.0,
      :math.sqrt(2),
      abs(-3.5),
      Enum.sum([0.1, 0.2, 0.3]),
      :erlang.float_to_binary(3.14159, decimals: 2)
    ]
  end

  defp section(:inspections) do
    values = [
      1, 1.5, :atom, :"odd atom", Foo.Bar, "bin", <<1, 255>>, <<5::3>>, 'chars', [1 | 2], {1, {}},
      %{"b" => 2, a: 1}, [a: 1, b: [c: 2]], nil, true, ~D[2024-02-29], 1..5, 1..9//2,
      MapSet.new([1, 2]), &Enum.map/2, ~T[10:20:30.5], ~N[2024-01-02 03:04:05], [?a, 1],
      "quote \" and \n", "null \0", %{1 => %{2 => %{3 => 4}}}, 1..0//-1
    ]

    [
      Enum.map(values, &inspect/1),
      inspect(Enum.to_list(1..100)),
      inspect(Enum.to_list(1..10), limit: 3),
      inspect(Enum.map(1..30, &{&1, "value number #{&1}"}), pretty: true, width: 60),
      inspect(%{list: Enum.to_list(1..40), map: %{k: "v"}}, pretty: true, width: 40),
      inspect("é", binaries: :as_binaries),
      inspect('ab', charlists: :as_lists),
      inspect(255, base: :hex),
      inspect({:a, "b"}, syntax_colors: [atom: :red]),
      inspect(%ArgumentError{message: "m"}),
      Macro.to_string(quote(do: if(x > 1, do: foo(x, [1, 2]), else: :bar))),
      Code.format_string!("foo( 1,2 )\nif x do y end") |> IO.iodata_to_binary()
    ]
  end

  defp section(:failures) do
    [
      raised(fn -> raise "plain" end),
      raised(fn -> raise Failure, code: 7 end),
      raised(fn -> raise ArgumentError end),
      raised(fn -> :erlang.binary_to_atom(1) end),
      raised(fn -> 1 / zero() end),
      raised(fn -> {:ok, _} = {:error, 1} |> same() end),
      raised(fn -> Map.fetch!(%{a: 1}, :b) end),
      raised(fn -> same(%{a: 1}).b end),
      raised(fn -> same(nil).b end),
      raised(fn -> %{same(%{a: 1}) | b: 2} end),
      raised(fn -> same(:no_such_module).f(1) end),
      raised(fn -> apply(Enum, :nothing, []) end),
      raised(fn -> same(3).(1) end),
      raised(fn -> same(fn -> 1 end).(1) end),
      raised(fn -> same(1) + same(:a) end),
      raised(fn -> case(same(1), do: (2 -> 3)) end),
      raised(fn -> cond do same(nil) -> 1 end end),
      raised(fn -> with(1 <- same(2), do: 1, else: (3 -> 4)) end),
      raised(fn -> String.to_integer("x") end),
      raised(fn -> String.to_existing_atom("no such atom at all") end),
      raised(fn -> hd(same([])) end),
      raised(fn -> Enum.fetch!([1], 5) end),
      raised(fn -> Keyword.fetch!([a: 1], :b) end),
      raised(fn -> Integer.parse("1", 99) end),
      raised(fn -> same(1) and true end),
      raised(fn -> <<same(-1)::size(same(-1))>> end),
      raised(fn -> Date.new!(2023, 2, 30) end),
      raised(fn -> elem({1}, same(5)) end),
      try do
        throw(:ball)
      catch
        :throw, value -> {:caught, value}
      after
        :done
      end,
      try do
        exit(:out)
      catch
        :exit, why -> why
      end,
      try do
        1 + same(1)
      rescue
        _ -> :never
      else
        2 -> :two
      end,
      try do
        raise Failure, code: 1
      rescue
        e in [Failure] -> {e.code, Exception.message(e)}
      end,
      Exception.format(:error, %Failure{code: 3}, []),
      Exception.format_exit({:timeout, {GenServer, :call, [:x, :y, 5]}}),
      Exception.format_mfa(Enum, :map, 2)
    ]
  end

  defp section(:keywords) do
    [
      Keyword.get([a: 1, a: 2], :a),
      Keyword.get_values([a: 1, a: 2], :a),
      Keyword.merge([a: 1, b: 2], b: 3, c: 4),
      Keyword.pop([a: 1, b: 2], :a),
      Keyword.validate([a: 1], a: 0, b: 5),
      Keyword.validate([x: 1], [:a]),
      Keyword.split([a: 1, b: 2, c: 3], [:a]),
      Keyword.keyword?([{:a, 1}]),
      Keyword.update([a: 1], :a, 0, &(&1 + 1)),
      Keyword.put_new([a: 1], :b, 2),
      Keyword.delete([a: 1, b: 1, a: 2], :a),
      Keyword.equal?([a: 1, b: 2], b: 2, a: 1)
    ]
  end

  defp section(:ranges) do
    first..last = same(2..8)

    [
      Enum.to_list(1..10//3),
      Enum.to_list(5..1),
      Range.size(1..10//4),
      Range.disjoint?(1..3, 4..5),
      3 in 1..5,
      Enum.count(10..1//-2),
      Enum.reverse(1..4),
      Range.shift(1..5, 2),
      {first, last},
      Enum.random(5..5),
      Access.get([a: 1], :a)
    ]
  end

  defp section(:binaries) do
    <<a::8, b::little-16, rest::binary>> = <<1, 2, 3, "rest">>
    <<f::float-32, s::signed-8, u::utf8>> = <<1.5::float-32, -3::signed-8, ?é::utf8>>
    <<len::8, body::binary-size(len), tail::bits>> = <<3, "abcdef">>

    [
      {a, b, rest, f, s, u, body, tail},
      <<1::3, 2::5, 3::16-little, 1.0::float, "x"::utf16, 5::native-8>>,
      byte_size(<<0::70>>),
      bit_size(<<0::70>>),
      binary_part("hello", 1, 3),
      Enum.reduce(1..300, "", &(&2 <> <<&1::16>>)) |> :erlang.crc32(),
      Enum.reduce(1..100, <<>>, &<<&2::bits, &1::7>>) |> :erlang.phash2(),
      Enum.reduce(1..50, "", &"#{&2}#{&1},"),
      :binary.split("a--b", "--"),
      :binary.encode_unsigned(1_000_000),
      IO.iodata_to_binary(["a", [?b, "c"], 'd']),
      IO.iodata_length(["ab", 'c']),
      IO.chardata_to_string(["é", [233]]),
      String.to_charlist("x") ++ 'yz',
      is_bitstring(<<1::1>>)
    ]
  end

  defp section(:calendars) do
    [
      Date.add(~D[2024-02-28], 2),
      Date.diff(~D[2024-03-01], ~D[2023-03-01]),
      Date.day_of_week(~D[2024-02-29]),
      Date.range(~D[2024-02-27], ~D[2024-03-01]) |> Enum.map(&Date.to_string/1),
      Date.from_iso8601("2024-02-30"),
      DateTime.from_unix!(1_700_000_000) |> DateTime.to_iso8601(),
      DateTime.from_iso8601("2024-01-02T03:04:05+01:00"),
      DateTime.diff(~U[2024-01-02 00:00:00Z], ~U[2024-01-01 12:00:00Z]),
      NaiveDateTime.add(~N[2024-12-31 23:59:59], 1) |> NaiveDateTime.to_string(),
      Time.add(~T[23:00:00], 7200),
      Time.compare(~T[10:00:00], ~T[09:00:00]),
      Calendar.strftime(~N[2024-02-29 13:14:15], "%A %d %B %Y, %I:%M %p %j"),
      Calendar.ISO.leap_year?(2000),
      Date.compare(~D[2024-01-01], ~D[2024-01-02]),
      Date.beginning_of_week(~D[2024-02-29]),
      inspect(~U[2024-01-02 03:04:05.678Z])
    ]
  end

  defp section(:supervisors) do
    {:ok, supervisor} = Supervisor.start_link([{Stack, [1, 2]}], strategy: :one_for_one)
    [{Stack, child, :worker, [Stack]}] = Supervisor.which_children(supervisor)
    popped = GenServer.call(child, :pop)
    counts = Supervisor.count_children(supervisor)
    Process.exit(child, :kill)
    again = wait_for_child(supervisor, child)
    fresh = GenServer.call(again, :pop)
    :ok = Supervisor.stop(supervisor)

    {:ok, dynamic} = DynamicSupervisor.start_link(strategy: :one_for_one)
    {:ok, one} = DynamicSupervisor.start_child(dynamic, {Stack, [:dynamic]})
    dynamic_answer = GenServer.call(one, :pop)
    dynamic_counts = DynamicSupervisor.count_children(dynamic)
    :ok = DynamicSupervisor.stop(dynamic)

    {:ok, registry} = Registry.start_link(keys: :unique, name: ElixirUse.Names)
    {:ok, _} = Registry.register(ElixirUse.Names, "me", :value)
    found = Registry.lookup(ElixirUse.Names, "me") == [{self(), :value}]
    Supervisor.stop(registry)
    [popped, counts, fresh, dynamic_answer, dynamic_counts, found, Process.alive?(one)]
  end

  defp section(:encodings) do
    [
      Base.encode64("hello world"),
      Base.decode64!("aGVsbG8="),
      Base.encode16(<<1, 171>>, case: :lower),
      Base.decode16("zz"),
      Base.encode32("foo"),
      Base.url_encode64(<<255, 254>>, padding: false),
      URI.parse("http://user@host:81/path?q=1#frag"),
      URI.encode_query(a: 1, b: "x y"),
      URI.decode_query("a=1&b=x+y"),
      URI.encode("a b/é"),
      URI.merge("http://a/b/c", "../d") |> to_string(),
      Version.parse("1.2.3-rc.1+build"),
      Version.compare("1.2.3", "1.10.0"),
      Version.match?("1.14.0", "~> 1.13"),
      :erlang.binary_to_term(:erlang.term_to_binary(%{a: [1, 2.5, "x"]})),
      OptionParser.parse(["--flag", "--n", "3", "rest"], strict: [flag: :boolean, n: :integer]),
      Path.join("a", "../b"),
      Path.basename("/x/y.ex", ".ex"),
      Path.split("/a/b"),
      Path.relative_to("/a/b/c", "/a")
    ]
  end

  defp section(:ports_of_call) do
    {:ok, io} = StringIO.open("line one\nline two\n")
    first = IO.gets(io, "")
    rest = IO.read(io, :all)
    IO.puts(io, "written é")
    IO.write(io, ["a", ?b])
    IO.inspect(io, {:x, 1}, [])
    written = StringIO.contents(io)
    StringIO.close(io)

    path = Path.join(System.tmp_dir!(), "elixir_use_#{System.pid()}_#{:erlang.unique_integer([:positive])}")
    missing = File.read(path)
    :ok = File.write(path, "one\ntwo\n")
    lines = path |> File.stream!() |> Enum.map(&String.trim/1)
    stat = File.stat!(path).size
    :ok = File.rm(path)

    table = :ets.new(:elixir_use, [:ordered_set])
    for n <- 1..5, do: :ets.insert(table, {n, n * n})

    [
      first, rest, written, missing, lines, stat, File.exists?(path),
      :ets.tab2list(table),
      :ets.select(table, [{{:"$1", :"$2"}, [{:>, :"$2", 8}], [:"$1"]}]),
      System.get_env("NO_SUCH_VARIABLE_AT_ALL"),
      is_integer(System.monotonic_time(:millisecond)),
      is_integer(System.os_time()),
      :atomics.new(1, []) |> tap(&:atomics.add(&1, 1, 5)) |> :atomics.get(1),
      :persistent_term.put({:elixir_use, 1}, %{v: 1}),
      :persistent_term.get({:elixir_use, 1}),
      Function.info(&Enum.map/2, :arity),
      Function.capture(Enum, :sum, 1).([1, 2]),
      Module.concat(Foo, "Bar"),
      Module.split(Foo.Bar.Baz),
      Code.ensure_loaded?(Enum),
      function_exported?(Enum, :map, 2),
      Enum.__info__(:module)
    ]
  end

  defp section(:patterns) do
    big = for n <- 1..60, into: %{}, do: {:"key#{n}", n}
    %{key7: seven, key42: forty_two} = big

    [
      seven + forty_two,
      match?(%{key1: 1, key60: 60}, big),
      %{big | key5: :changed}.key5,
      (fn %{a: a, b: %{c: [c | _]}} -> {a, c} end).(%{a: 1, b: %{c: [2, 3]}}),
      (fn "prefix-" <> rest -> rest end).("prefix-body"),
      (fn <<head::utf8, _::binary>> -> head end).("éa"),
      (fn {x, ^seven} -> x end).({:pinned, 7}),
      Enum.reduce(1..200, %{}, &Map.put(&2, rem(&1, 50), &1)) |> Enum.sort() |> Enum.take(3),
      collatz(27, 0)
    ]
  end

  defp chunk(item, acc) do
    if rem(item, 4) == 0, do: {:cont, Enum.reverse([item | acc]), []}, else: {:cont, [item | acc]}
  end

  defp catch_exit(fun) do
    fun.()
  catch
    :exit, reason -> reason
  end

  defp raised(fun) do
    fun.()
  rescue
    # Its message has what ERTS adds to the reason of a native's failure, for those who read it.
    _ in ArgumentError -> ArgumentError
    error -> {error.__struct__, Exception.message(error)}
  end

  defp send_after do
    timer = Process.send_after(self(), :tick, 1)

    receive do
      :tick -> {:ticked, Process.cancel_timer(timer)}
    end
  end

  defp wait_for_child(supervisor, old) do
    case Supervisor.which_children(supervisor) do
      [{Stack, pid, _, _}] when is_pid(pid) and pid != old -> pid
      _ -> wait_for_child(supervisor, old)
    end
  end

  defp collatz(1, steps), do: steps
  defp collatz(n, steps) when rem(n, 2) == 0, do: collatz(div(n, 2), steps + 1)
  defp collatz(n, steps), do: collatz(3 * n + 1, steps + 1)

  defp factorial(0), do: 1
  defp factorial(n), do: n * factorial(n - 1)
  defp dbg_free(bound), do: bound |> Keyword.keys() |> Enum.sort()
  defp zero, do: Process.get(:no_such_key, 0)
  defp same(value), do: Process.get(:no_such_key, value)
end
