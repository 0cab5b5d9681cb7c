"""`monitor test --junit`: the results as CI systems read them (the JUnit XML of Jenkins and GitLab).

One testsuite a rule file, one testcase a seed or case. A known failure is skipped; one that passes by now
has passed, with a remark in its output. A file that cannot be read is an error.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree

from monitor.actions.testing import CaseResult, State
from monitor.errors import Problem, UsageError

# What XML 1.0 cannot hold, not even as a reference (section 2.2, Char).
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(path: Path, results: Sequence[CaseResult], errors: Sequence[Problem] = ()) -> None:
    """Write the results, with the errors of files that could not be read, to `path`. Raises UsageError."""
    try:
        path.write_bytes(junit(results, errors))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"{path} cannot be written: {reason}; give another file: --junit FILE") from None


def junit(results: Iterable[CaseResult], errors: Iterable[Problem] = ()) -> bytes:
    """The document, in UTF-8."""
    suites: defaultdict[str, ElementTree.Element] = defaultdict(lambda: ElementTree.Element("testsuite"))
    for problem in errors:
        suites[problem.path].append(_error(problem))
    for result in results:
        suites[result.file].append(_case(result))
    root = ElementTree.Element("testsuites", name="monitor test")
    for path in sorted(suites):
        suites[path].set("name", _text(path))
        _count(suites[path])
        root.append(suites[path])
    _count(root)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _count(element: ElementTree.Element) -> None:
    for name, tag in (
        ("tests", "testcase"),
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
    ):
        element.set(name, str(sum(1 for _ in element.iter(tag))))


def _case(result: CaseResult) -> ElementTree.Element:
    name = f"{result.kind} {result.number}: {_line(result.text, 80)}"
    case = ElementTree.Element("testcase", name=name, classname=_text(result.rule), file=_text(result.path))
    if result.line:
        case.set("line", str(result.line))
    if result.state is State.FAILED:
        said = (
            result.why[0] if result.why else "it does not match" if result.kind != "ignore" else "it matches"
        )
        failure = ElementTree.SubElement(case, "failure", message=_line(said), type=result.kind)
        failure.text = _text("\n".join([result.place, *result.why, "", result.text]))
    elif result.state is State.KNOWN:
        ElementTree.SubElement(case, "skipped", message=f"known to fail ({result.kind})")
    elif result.why:
        ElementTree.SubElement(case, "system-out").text = _text("\n".join(result.why))
    return case


def _error(problem: Problem) -> ElementTree.Element:
    case = ElementTree.Element("testcase", name="the file can be read", classname=_text(problem.path))
    case.set("file", _text(problem.path))
    if problem.line:
        case.set("line", str(problem.line))
    error = ElementTree.SubElement(case, "error", message=_line(problem.message), type="rule file")
    error.text = _text(problem.report())
    return case


def _text(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


def _line(text: str, limit: int = 300) -> str:
    line = " ".join(_text(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
