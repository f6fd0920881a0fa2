"""Event logs, BPMN drawings and processes as JSON become edges between steps."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence


def trace(events: Sequence[str]) -> str:
    """A trace of events, each `name`, `name@time` or `name@time/stage`."""
    parts = []
    for event in events:
        name, _, rest = event.partition("@")
        time, _, stage = rest.partition("/")
        keys = {"concept:name": name, "time:timestamp": time, "lifecycle:transition": stage}
        parts.append("".join(f'<string key="{key}" value="{value}"/>' for key, value in keys.items() if value))
    return "<trace>\n" + "".join(f"<event>{part}</event>\n" for part in parts) + "</trace>"


def log(*traces: Sequence[str], head: str = "") -> str:
    """An event log."""
    return f'<?xml version="1.0"?>\n<log xmlns="http://www.xes-standard.org/">{head}{"".join(map(trace, traces))}</log>'


def edges(result: Any) -> list[tuple[str, str]]:
    """The edges of a suite."""
    return [(row["source"], row["target"]) for row in result.rows("edges")]


def test_directly_follows_pairs_and_the_traces_that_hold_them(write: Any, bring: Any) -> None:
    """a→b stands twice in the first trace and counts once; b→b is a loop."""
    head = '<string key="concept:name" value="Orders"/>'
    head += '<global scope="event"><string key="concept:name" value="x"/></global>'
    done = bring("xes", write("l.xes", log("abab", "acbb", head=head)))
    assert done.rows("edges") == [
        {"process": "Orders", "source": "a", "target": "b", "traces": 1, "share": 0.5},
        {"process": "Orders", "source": "b", "target": "a", "traces": 1, "share": 0.5},
        {"process": "Orders", "source": "a", "target": "c", "traces": 1, "share": 0.5},
        {"process": "Orders", "source": "c", "target": "b", "traces": 1, "share": 0.5},
    ]
    assert done.imported.notes == (
        "Orders: 2 traces, 8 events",
        "1 times an activity of Orders follows itself: left out",
        "2 of 2 traces of Orders are in the order of the file: no time:timestamp",
    )


def test_rare_pairs_are_left_out(write: Any, bring: Any) -> None:
    """By the share of traces; a pair of exactly the minimum stays."""
    file = write("l.xes.gz", gzip.compress(log("ab", "ab", "ab", "ac").encode()))
    done = bring("xes", file, minimum_share=0.3)
    assert edges(done) == [("a", "b")]
    assert done.rows("edges")[0]["process"] == "l"
    assert done.imported.notes[1] == "1 pairs of l left out: held by less than 0.3 of the traces"


def test_the_minimum_itself_is_enough(write: Any, bring: Any) -> None:
    """One trace of four is a share of 0.25."""
    assert edges(bring("xes", write("l.xes", log("ab", "ab", "ab", "ac")), minimum_share=0.25)) == [
        ("a", "b"),
        ("a", "c"),
    ]


def test_traces_are_in_the_order_of_their_times(write: Any, bring: Any) -> None:
    """Where every event has one; otherwise as written."""
    timed = ["b@2020-01-02T00:00:00Z", "a@2020-01-01T23:00:00+00:00", "c@2020-01-03T00:00:00.000+02:00"]
    assert edges(bring("xes", write("l.xes", log(timed)))) == [("a", "b"), ("b", "c")]


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        ("", "no time:timestamp"),
        ("@2020.01.01", "a time:timestamp is no date as in ISO 8601, '2020.01.01'"),
        ("@2020-01-01T00:00:00", "a time:timestamp has a time zone, another has none"),
    ],
)
def test_traces_without_times_are_in_their_own_order(write: Any, bring: Any, time: str, reason: str) -> None:
    """No time, no date, and a time without a zone beside one with a zone: said, and why."""
    traces = ["b@2020-01-02T00:00:00Z", f"a{time}"], ["b@2020-01-02T00:00:00Z"]
    done = bring("xes", write("l.xes", log(*traces)))
    assert edges(done) == [("b", "a")]
    assert done.imported.notes[-1] == f"1 of 2 traces of l are in the order of the file: {reason}"


def test_only_what_is_complete_counts(write: Any, bring: Any) -> None:
    """Where events have stages; one without a stage counts."""
    done = bring("xes", write("l.xes", log(["a@/start", "a@/COMPLETE", "b@/schedule", "c"])))
    assert edges(done) == [("a", "c")]
    assert "2 events of l left out: their lifecycle:transition is not complete" in done.imported.notes


def test_the_start_stands_for_an_activity_that_never_is_complete(write: Any, bring: Any) -> None:
    """In a log of starts alone, and in one where other activities are complete: their starts stay left out."""
    done = bring("xes", write("l.xes", log(["a@/start", "b@/start", "b@/complete", "c@/Start"])))
    assert edges(done) == [("a", "b"), ("b", "c")]
    assert done.imported.notes[1:3] == (
        "2 events of l kept though lifecycle:transition is start: their activity never is complete",
        "1 events of l left out: their lifecycle:transition is not complete",
    )


def test_the_activity_under_another_key(write: Any, bring: Any, refused: Any) -> None:
    """A log that says it under another key tells which there are; --activity names it."""
    file = write("l.xes", log("ab").replace("concept:name", "Activity"))
    assert refused("xes", file)[1] == (
        "l.xes: no edges: 1 traces with 0 events (2 without concept:name left out) hold no two activities that follow"
        " each other; name the key that says the activity with --activity KEY, met were: 'Activity'"
    )
    assert edges(bring("xes", file, activity="Activity")) == [("a", "b")]


def test_a_log_in_which_nothing_is_complete(write: Any, refused: Any) -> None:
    """It says what the events were left out for."""
    line = refused("xes", write("l.xes", log(["a@/schedule", "b@/schedule"])))[1]
    assert "0 events (2 whose lifecycle:transition is not complete left out)" in line


def test_every_pair_is_too_rare(write: Any, refused: Any) -> None:
    """The log is not empty: the minimum is too high."""
    assert refused("xes", write("l.xes", log("ab", "cd")), minimum_share=0.9)[1] == (
        "l.xes: no edges: all 2 pairs are held by less than 0.9 of the traces; lower --minimum-share"
    )


CHINESE = '<?xml version="1.0" encoding="GBK"?>' + log(["申请", "审批"]).partition("?>")[2]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8"])
def test_xml_that_says_it_is_gbk(write: Any, bring: Any, encoding: str) -> None:
    """The parser does not know it; a file that was converted and still says so is what it now is."""
    assert edges(bring("xes", write("l.xes", CHINESE.encode(encoding)))) == [("申请", "审批")]


def test_xml_that_is_not_what_it_says(write: Any, refused: Any) -> None:
    """Neither UTF-8 nor what the first line names."""
    assert refused("xes", write("l.xes", CHINESE.encode("gbk") + b"\xff"))[1].startswith(
        "l.xes:5: not gb18030, which its first line names; convert it to UTF-8, and let its first line say"
    )


def test_a_folder_of_logs(write: Any, bring: Any) -> None:
    """A process each; two of one name are told apart."""
    head = '<string key="concept:name" value="p"/>'
    write("in/b.xes", log("xy", head=head))
    folder = write("in/a.xes", log("ab", head=head)).parent
    assert [row["process"] for row in bring("xes", folder).rows("edges")] == ["p", "p (b)"]


BOMB = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>\n<log><trace>&b;</trace></log>'
OUTSIDE = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<log>&a;</log>'


@pytest.mark.parametrize("layout", ["xes", "bpmn"])
@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "f.xml: not XML: the file is empty"),
        ("<log>\n<trace>\n", "f.xml:3: not XML: no element found, the file ends too soon"),
        ("<log>\n</trace>", "f.xml:2: not XML: mismatched tag"),
        ("<log>\0</log>", "f.xml:1: not XML: not well-formed"),
        (b"<log>\xff</log>", "f.xml:1: not XML: not well-formed"),
        ("<log>&a;</log>", "f.xml:1: not XML: undefined entity"),
        ('<?xml version="1.0" encoding="klingon"?><log/>', "f.xml:1: not XML: "),
        (BOMB, "f.xml:1: not allowed: a document type"),
        (OUTSIDE, "f.xml:1: not allowed: a document type"),
        ("<a>" * 101, "f.xml:1: nested too deeply: more than 100 elements"),
        ('<log>\n<a b="' + "x" * 10_000_000, "f.xml:2: too long: more than 8 MiB in one tag"),
        ("<log/>", "f.xml: no "),
    ],
    ids=range(12),
)
def test_xml_that_is_broken_or_dangerous(
    write: Any, refused: Any, layout: str, content: str | bytes, fault: str
) -> None:
    """It is refused with its line, and nothing in it is ever unfolded or fetched."""
    lines = refused(layout, write("f.xml", content))
    assert lines[1].startswith(fault)


def test_a_share_that_is_none(write: Any, refused: Any) -> None:
    """A share is from 0 to 1."""
    assert refused("xes", write("l.xes", log("ab")), minimum_share=5.0) == [
        "--minimum-share 5.0: a share is from 0 to 1"
    ]


def test_a_log_without_activities_that_follow(write: Any, refused: Any) -> None:
    """What was found is told."""
    assert "1 traces with 2 events hold no two activities" in refused("xes", write("l.xes", log("aa")))[1]


def test_a_name_with_a_line_break_and_an_emoji(write: Any, bring: Any) -> None:
    """Names are normalised."""
    assert edges(bring("xes", write("l.xes", log(["审批&#10; 🙂", "b"])))) == [("审批 🙂", "b")]


def bpmn(body: str, further: str = "") -> str:
    """A BPMN file with a process."""
    space = 'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    return (
        f'<bpmn:definitions {space}>{further}<bpmn:process id="p" name="Buy">{body}</bpmn:process></bpmn:definitions>'
    )


def nodes(**named: str) -> str:
    """Nodes by id: `tag` or `tag name`."""
    found = ((key, *text.partition(" ")) for key, text in named.items())
    return "".join(f'<bpmn:{tag} id="{key}" name="{name}"/>' for key, tag, _, name in found)


def flows(*pairs: str) -> str:
    """Sequence flows, each `ab` from a to b."""
    return "".join(f'<bpmn:sequenceFlow id="{p}" sourceRef="{p[0]}" targetRef="{p[1]}"/>' for p in pairs)


def test_gateways_and_unnamed_events_only_route(write: Any, bring: Any) -> None:
    """Start, task a, xor to b and c or round again, both to d, a named end."""
    body = nodes(
        s="startEvent", a="userTask Apply", x="exclusiveGateway ok?", b="task B", c="task C", e="endEvent Done"
    )
    body += nodes(m="intermediateThrowEvent")
    done = bring("bpmn", write("p.bpmn", bpmn(body + flows("sa", "ax", "xb", "xc", "xa", "bm", "me", "ce"))))
    assert edges(done) == [("Apply", "B"), ("Apply", "C"), ("B", "Done"), ("C", "Done")]
    assert done.imported.notes == ("1 steps of Buy that lead to themselves: left out",)


def test_a_circle_of_gateways_ends(write: Any, bring: Any) -> None:
    """Nodes that only route may lead to each other."""
    body = nodes(a="task A", x="exclusiveGateway", y="parallelGateway", b="task B") + flows("ax", "xy", "yx", "yb")
    assert edges(bring("bpmn", write("p.bpmn", bpmn(body)))) == [("A", "B")]


def test_subprocesses_are_replaced_by_what_is_in_them(write: Any, bring: Any) -> None:
    """Flows in go to the first, flows out leave the last; nested ones too; an empty one is a step."""
    inner = f'<bpmn:subProcess id="t" name="Inner">{nodes(c="task C", d="task D")}{flows("cd")}</bpmn:subProcess>'
    outer = f'<bpmn:subProcess id="s" name="Outer">{nodes(b="task B")}{inner}{flows("bt")}</bpmn:subProcess>'
    body = nodes(a="task A", e="subProcess Empty") + outer + flows("as", "se")
    assert edges(bring("bpmn", write("p.bpmn", bpmn(body)))) == [("A", "B"), ("B", "C"), ("C", "D"), ("D", "Empty")]


BESIDE = {
    "an event subprocess": '<bpmn:subProcess id="t" triggeredByEvent="true">'
    f"{nodes(h='task Mend', i='task Report')}{flows('hi')}</bpmn:subProcess>",
    "a task that compensates": '<bpmn:task id="h" name="Undo" isForCompensation="true"/>',
    "an event that compensates": '<bpmn:boundaryEvent id="h" name="Undo" attachedToRef="b">'
    "<bpmn:compensateEventDefinition/></bpmn:boundaryEvent>",
}


@pytest.mark.parametrize("beside", BESIDE.values(), ids=BESIDE)
def test_what_lies_beside_the_flow_neither_begins_nor_ends_a_subprocess(write: Any, bring: Any, beside: str) -> None:
    """The step before the subprocess does not lead to it, and it does not lead to the step after."""
    outer = f'<bpmn:subProcess id="s">{nodes(b="task B")}{beside}</bpmn:subProcess>'
    body = nodes(a="task A", c="task C") + outer + flows("as", "sc")
    found = edges(bring("bpmn", write("p.bpmn", bpmn(body))))
    assert {("A", "B"), ("B", "C")} <= set(found)
    assert {pair for pair in found if "A" in pair or "C" in pair} == {("A", "B"), ("B", "C")}


def test_flows_without_a_node_at_an_end(write: Any, bring: Any) -> None:
    """They are left out, and told."""
    done = bring("bpmn", write("p.bpmn", bpmn(nodes(a="task A", b="task B") + flows("ab", "ax", "yb"))))
    assert edges(done) == [("A", "B")]
    assert done.imported.notes == ("2 flows of Buy left out: what they lead from or to is no node: 'x', 'y'",)


def test_a_drawing_without_an_edge(write: Any, refused: Any) -> None:
    """It is not empty: no step leads to another."""
    assert refused("bpmn", write("p.bpmn", bpmn(nodes(a="task A"))))[1].startswith(
        "p.bpmn: no edges: no step of any process leads to another"
    )


def test_an_event_at_a_border_follows_its_activity(write: Any, bring: Any) -> None:
    """A named one is a step, an unnamed one routes."""
    events = '<bpmn:boundaryEvent id="t" name="Late" attachedToRef="a"/><bpmn:boundaryEvent id="u" attachedToRef="a"/>'
    body = nodes(a="task A", b="task B", c="task C") + events + flows("tb", "uc")
    assert sorted(edges(bring("bpmn", write("p.bpmn", bpmn(body))))) == [("A", "C"), ("A", "Late"), ("Late", "B")]


def test_pools_are_processes_and_messages_are_no_edges(write: Any, bring: Any) -> None:
    """Called like the participant, else like the process; names lose their line breaks."""
    pool = '<bpmn:participant id="x" name="Buyer&#10;Ltd" processRef="p"/>'
    pool += '<bpmn:messageFlow id="m" sourceRef="a" targetRef="z"/>'
    other = f'<bpmn:process id="q">{nodes(y="task Y", z="task Z")}{flows("yz")}</bpmn:process>'
    further = f"<bpmn:collaboration>{pool}</bpmn:collaboration>{other}"
    file = write("shop.bpmn", bpmn(nodes(a="task A", b="task B") + flows("ab"), further))
    done = bring("bpmn", file)
    assert [(row["process"], row["source"]) for row in done.rows("edges")] == [("shop", "Y"), ("Buyer Ltd", "A")]
    assert done.imported.notes[0].startswith("1 message flows of ")


def test_a_tangle_is_refused(write: Any, refused: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything leading to everything through gateways costs more than any drawing needs."""
    monkeypatch.setattr("harness.catalogue.importers.contraction.MOST_VISITS", 3)
    body = nodes(a="task A", x="exclusiveGateway", b="task B", c="task C") + flows("ax", "xb", "xc", "bx", "cx")
    assert refused("bpmn", write("p.bpmn", bpmn(body)))[1].startswith("p.bpmn [Buy]: too tangled")


DRAWN = (
    '{"name": "借阅", "nodes": [{"id": "s", "type": "place", "label": "开始"},'
    ' {"id": "a", "type": "userTask", "label": "申请"},'
    ' {"id": "x", "type": "place", "label": "XOR"}, {"id": "b", "type": "userTask", "label": "审批"}],'
    ' "flows": [["s", "a", ""], ["a", "x", ""], ["x", "b", ""], ["x", "a", ""]], "follows": [["申请", "审批"]]}\n'
)
MAPPED = ("process=name", "nodes=nodes", "edges=flows")


def test_pairs_of_names_and_flows_between_nodes_say_the_same(write: Any, bring: Any, tmp_path: Any) -> None:
    """A process given by its steps, and the same drawn with nodes that only route."""
    file = write("p.jsonl", DRAWN)
    assert edges(bring("processes", file, map=("process=name", "edges=follows"))) == [("申请", "审批")]
    (tmp_path / "mine").rename(tmp_path / "first")
    done = bring("processes", file, map=MAPPED, step_type=("userTask",))
    assert edges(done) == [("申请", "审批")]
    assert done.imported.notes == ("1 steps that lead to themselves left out",)


def test_edges_and_nodes_under_other_names(write: Any, bring: Any) -> None:
    """Every key can be mapped."""
    text = '{"p": 1, "n": [{"k": 1, "t": "A"}, {"k": 2, "t": "B"}], "e": [{"from": 1, "to": 2}]}\n'
    mapping = ("process=p", "nodes=n", "node.id=k", "node.label=t", "edges=e", "edge.source=from", "edge.target=to")
    assert edges(bring("processes", write("p.jsonl", text), map=mapping)) == [("A", "B")]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('{"edges": []}', "p.jsonl:1 [process]: not a text: a process has a name; see --map"),
        ('{"process": "p"}', "p.jsonl:1 [edges]: no list: the object has process; see --map"),
        ('{"process": "p", "edges": [["a"]]}', "p.jsonl:1 [edges]: not an edge: a list of two, or an object with"),
        ('{"process": "p", "edges": [["a", null]]}', "p.jsonl:1 [edges]: not a text: the end of an edge is a text"),
        (
            '{"process": "p", "edges": []}\n{"process": "p", "edges": []}',
            "p.jsonl:2 [process]: process given twice: 'p'",
        ),
        ('{"process": "p", "edges": [["a", "a"]]}', "p.jsonl: no edges: no step of any process leads to another"),
        ("\n", "p.jsonl: no rows: the file is empty"),
    ],
)
def test_faults_of_processes(write: Any, refused: Any, content: str, fault: str) -> None:
    """Each with its line and its key."""
    assert refused("processes", write("p.jsonl", content))[1].startswith(fault)


def test_a_flow_to_an_absent_node(write: Any, refused: Any) -> None:
    """It is a fault of the flows."""
    file = write(
        "p.jsonl", '{"name": "p", "nodes": [{"id": "a"}, 3], "flows": []}\n' + DRAWN.replace('["x", "b"', '["x", "c"')
    )
    assert refused("processes", file, map=MAPPED)[1:] == [
        "p.jsonl:1 [nodes]: not an object: a node is one, with an id and a label",
        "p.jsonl:2 [flows]: absent node: 'c' is not among the nodes",
    ]


def test_faulty_processes_are_left_out(write: Any, bring: Any) -> None:
    """With --skip-faulty, and counted."""
    text = '{"process": "p"}\n{"process": "q", "edges": [["a", "b"]]}\n'
    done = bring("processes", write("p.jsonl", text), skip_faulty=True)
    assert edges(done) == [("a", "b")]
    assert done.imported.notes[-1].startswith("1 left out: no list [edges], first at ")


def test_mappings_of_processes_that_cannot_be_meant(write: Any, refused: Any) -> None:
    """An unknown field, and types of nodes without nodes."""
    file = write("p.jsonl", DRAWN)
    assert "Did you mean 'nodes'?" in refused("processes", file, map=("node=x",))[0]
    assert "--map nodes=KEY" in refused("processes", file, step_type=("task",))[0]
