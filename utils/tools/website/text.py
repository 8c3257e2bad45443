"""The Markdown of the notebooks as HTML: tables, folded hints, links between chapters, formulas as MathML."""

import re
from html import unescape
from itertools import pairwise

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer, TextLexer

SPACE = {"negativethinmathspace": "-0.167em"}  # browsers know lengths only
QUAD = re.compile(r"\\q?quad(?![a-z])(?![^{]*\})")  # a wide space outside of braces
DOLLARS = re.compile(r"\$([^$\n<>]+)\$")
NAMED = re.compile(r'<a id="([^"]+)"></a>')


def formula(latex, display=False):
    """Return a formula in LaTeX as MathML, which every browser draws by itself.

    >>> formula("a_1")[-53:]
    '<mrow><msub><mi>a</mi><mn>1</mn></msub></mrow></math>'
    """
    mathml = convert(latex.strip(), display="block" if display else "inline")
    for name, length in SPACE.items():
        mathml = mathml.replace(f'width="{name}"', f'width="{length}"')
    return mathml


def code(source, language="python"):
    """Return source code as HTML, its words in classes that site.css colours."""
    lexer = PythonLexer() if language == "python" else TextLexer()
    return f'<pre class="code"><code>{highlight(source, lexer, HtmlFormatter(nowrap=True)).rstrip()}</code></pre>'


def slug(title):
    """Return the address of a heading as GitHub makes it.

    >>> slug("Why √d, and not d?")
    'why-d-and-not-d'
    """
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def plain(html):
    """Return the words of some HTML, without tags, formulas and blocks of code.

    >>> plain("<p>α <b>sums</b>: <code>1</code></p><p>Not <math><mn>2</mn></math></p>")
    'α sums: 1 Not'
    """
    html = re.sub(r"<(math|pre|script)\b.*?</\1>", " ", html, flags=re.S)
    html = re.sub(r"</?(?:a|b|bdi|code|em|i|span|strong)\b[^>]*>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def headed(html):
    """Return HTML in which a corner of a table that heads nothing is no heading."""
    return html.replace("<th></th>", "<td></td>")


class MarkdownWriter:
    """Turns the cells of one page into HTML, and remembers its headings as (level, id, words)."""

    def __init__(self, link):
        """Take ``link``: a function that says where a link of the notebook leads on this page."""
        self.link, self.headings, self._taken = link, [], set()
        options = {"html": True, "highlight": lambda source, language, _: code(source.rstrip(), language)}
        self._markdown = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
        self._markdown.use(dollarmath_plugin, double_inline=True, renderer=_formulas)
        rules = self._markdown.renderer.rules
        rules["table_open"] = lambda *_: '<div class="table"><table>\n'
        rules["table_close"] = lambda *_: "</table></div>\n"
        rules["html_block"] = rules["html_inline"] = lambda tokens, at, *_: _with_formulas(tokens[at].content)

    def html(self, markdown):
        """Return a Markdown text as HTML."""
        tokens = self._markdown.parse(markdown)
        for token, inside in pairwise(tokens):
            if token.type == "heading_open":
                named = NAMED.match(inside.content)  # a name that holds in JupyterLab, too
                inside.children = inside.children[2:] if named else inside.children
                words = plain(self._markdown.renderer.render([inside], self._markdown.options, {}))
                token.attrSet("id", self._new(named[1] if named else slug(words)))
                self.headings.append((int(token.tag[1]), token.attrs["id"], words))
        for link in (child for token in tokens for child in token.children or [] if child.type == "link_open"):
            link.attrSet("href", self.link(link.attrs["href"]))
        return headed(self._markdown.renderer.render(tokens, self._markdown.options, {}))

    def _new(self, name):
        """Return ``name``, or with a number where it was used before on this page."""
        free = next(each for each in [name, *(f"{name}-{n}" for n in range(1, 999))] if each not in self._taken)
        self._taken.add(free)
        return free


def _formulas(latex, options):
    """Return what stands between dollars as MathML; formulas side by side one by one, so that they wrap."""
    if not options["display_mode"]:
        return formula(latex)
    apart = [latex] if "\\begin" in latex else QUAD.split(latex)
    return "".join(formula(each, display=True) for each in apart if each.strip())


def _with_formulas(html):
    return DOLLARS.sub(lambda found: formula(unescape(found[1])), html)
