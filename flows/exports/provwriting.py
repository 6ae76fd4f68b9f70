"""PROV statements written down: PROV-JSON (https://www.w3.org/submissions/prov-json/) and PROV-O
(https://www.w3.org/TR/prov-o/) in Turtle (https://www.w3.org/TR/turtle/)."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from flows.exports.provenance import PREFIXES, Fact, Node, Relation, Statement, Url

PROV = "http://www.w3.org/ns/prov#"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
# What the two ends of each relation are called in PROV-JSON.
ENDS = {
    "wasGeneratedBy": ("prov:entity", "prov:activity"),
    "used": ("prov:activity", "prov:entity"),
    "wasDerivedFrom": ("prov:generatedEntity", "prov:usedEntity"),
    "wasRevisionOf": ("prov:generatedEntity", "prov:usedEntity"),
    "wasAttributedTo": ("prov:entity", "prov:agent"),
    "wasAssociatedWith": ("prov:activity", "prov:agent"),
}


def prov_json(made: Sequence[Statement]) -> dict[str, Any]:
    """The document in PROV-JSON."""
    document: dict[str, dict[str, Any]] = defaultdict(dict)
    document["prefix"] = dict(PREFIXES)
    for number, one in enumerate(made):
        if isinstance(one, Node):
            document[one.kind][one.name.short] = _node_json(one)
        else:
            # A revision is a derivation of this type (PROV-DM §5.2.2).
            kind = "wasDerivedFrom" if one.kind == "wasRevisionOf" else one.kind
            document[kind][f"_:r{number}"] = _relation_json(one)
    return dict(document)


def _node_json(node: Node) -> dict[str, Any]:
    about: dict[str, Any] = {
        "prov:label": _plain(node.label),
        "prov:type": [_type_json(one) for one in node.types],
    }
    if node.started:
        about["prov:startTime"] = node.started
    if node.ended:
        about["prov:endTime"] = node.ended
    return about | {f"ct:{name}": _fact_json(value) for name, value in node.facts.items()}


def _relation_json(one: Relation) -> dict[str, Any]:
    subject, object_ = ENDS[one.kind]
    about: dict[str, Any] = {subject: one.subject.short, object_: one.object.short}
    if one.time:
        about["prov:time"] = one.time
    if one.kind == "wasRevisionOf":
        about["prov:type"] = _type_json("Revision")
    return about


def _type_json(name: str) -> dict[str, str]:
    return {"$": name if ":" in name else f"prov:{name}", "type": "prov:QUALIFIED_NAME"}


def _fact_json(value: Fact) -> Any:
    if isinstance(value, Url):
        return {"$": _plain(value.text), "type": "xsd:anyURI"}
    if isinstance(value, int):
        return {"$": value, "type": "xsd:long"}
    if isinstance(value, float):
        return {"$": value, "type": "xsd:double"}
    return _plain(value)


def turtle(made: Sequence[Statement]) -> str:
    """The document as PROV-O in Turtle."""
    prefixes = {"prov": PROV, "rdfs": RDFS, "xsd": XSD, "ct": PREFIXES["ct"]}
    lines = [f"@prefix {name}: <{iri}> ." for name, iri in prefixes.items()]
    for one in made:
        if isinstance(one, Node):
            pairs = ";\n  ".join(_node_turtle(one))
            lines.append(f"\n<{one.name.iri}>\n  {pairs} .")
        else:
            lines.append(f"<{one.subject.iri}> prov:{one.kind} <{one.object.iri}> .")
            if one.time:
                lines.append(f"<{one.subject.iri}> prov:generatedAtTime {_time(one.time)} .")
    return "\n".join(lines) + "\n"


def _node_turtle(node: Node) -> Iterator[str]:
    types = [f"prov:{node.kind.title()}"]
    types += [one if ":" in one else f"prov:{one}" for one in node.types]
    yield f"a {', '.join(types)}"
    yield f"rdfs:label {_string(node.label)}"
    if node.started:
        yield f"prov:startedAtTime {_time(node.started)}"
    if node.ended:
        yield f"prov:endedAtTime {_time(node.ended)}"
    for name, value in node.facts.items():
        yield f"ct:{name} {_fact_turtle(value)}"


def _fact_turtle(value: Fact) -> str:
    if isinstance(value, Url):
        return f"{_string(value.text)}^^xsd:anyURI"
    if isinstance(value, int):
        return f'"{value}"^^xsd:long'
    if isinstance(value, float):
        return f'"{value!r}"^^xsd:double'
    return _string(value)


def _time(moment: str) -> str:
    return f"{_string(moment)}^^xsd:dateTime"


def _string(text: str) -> str:
    """JSON's escapes are those of Turtle, but for the pairs that other planes would need."""
    return json.dumps(_plain(text), ensure_ascii=False)


def _plain(text: str) -> str:
    """Half a surrogate pair has no UTF-8."""
    return text.encode("utf-8", "replace").decode()
