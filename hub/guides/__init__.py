"""Sets a feed's interface document: one HTML file that prints well, or Markdown; in one language or both."""

from hub.guides.html import as_html
from hub.guides.markdown import as_markdown
from hub.guides.wording import BOTH, Wording

__all__ = ["BOTH", "Wording", "as_html", "as_markdown"]
