"""An audit's report as one HTML page that stands alone: no scripts, nothing fetched."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from flows.checks.report import Report
from flows.output import clean, counted
from flows.web.display import when

MOST = 500  # rows of each kind on the page; the JSON has all


def page(report: Report) -> str:
    """The page. All text is escaped, for outlets had a hand in it."""
    environment = Environment(
        loader=PackageLoader("flows", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {
        "plain": lambda text: clean(str(text)), "when": when, "counted": counted,
    }  # fmt: skip
    return environment.get_template("audit.html").render(report=report, most=MOST)
