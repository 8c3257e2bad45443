"""The look of every figure, and ``show``, the one way a chapter puts one on the page."""

import base64
import html
import io

from matplotlib.colors import LinearSegmentedColormap, PowerNorm

from utils.conversion import as_numpy, as_text
from utils.plots.style import INK, SOFT as SOFT, CourseAxes, CourseFigure, course_style  # SOFT: for chapters
from utils.plots.text import legible, literal

QUERY, KEY, VALUE = "#0072B2", "#D55E00", "#009E73"  # Okabe-Ito: who asks, whom, what it says
KEY_TEXT, VALUE_TEXT = "#B8500B", "#00795A"  # darker, for letters on white
ALPHA = LinearSegmentedColormap.from_list("alpha", ["#f7f5fb", "#b3a3d6", "#4a2590"])
RED = "#CC3311"


def new_axes(width=6.4, height=3.6, columns=1, **options):
    """Return axes on a fresh figure (inches) that no global state knows about, so nothing is left open.

    columns: how many axes, side by side; one gives the axes, more give an array of them
    options: as for ``Figure.subplots``, e.g. width_ratios
    """
    with course_style():
        figure = CourseFigure(figsize=(width, height), layout="constrained")
        figure.get_layout_engine().set(w_pad=0.08)
        return figure.subplots(1, columns, subplot_kw={"axes_class": CourseAxes}, **options)


def png(axes, dpi=120):
    """Return the figure of ``axes`` as PNG bytes, without dates or version marks: the same picture, the same bytes."""
    buffer = io.BytesIO()
    with course_style(), legible(axes.figure):
        axes.figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()


def show(axes, *, alt):
    """Show the figure of ``axes`` with ``alt`` as its alternative text and as a small caption under it.

    axes: what a ``plot_*`` function returned; one figure may hold several
    alt: one or two sentences that say what one sees
    """
    from IPython.display import display

    picture, alt = base64.b64encode(png(axes)).decode(), as_text(alt)
    display({"image/png": picture, "text/plain": alt}, metadata={"image/png": {"alt": alt}}, raw=True)
    caption = f'<p style="margin:0;opacity:.75;font-size:.9em">{html.escape(alt)}</p>'
    display({"text/html": caption, "text/plain": ""}, raw=True)


def titled(ax, title):
    """Give ``ax`` its title, any text, in the one style of the course, and return it; None leaves it without."""
    if title:
        ax.set_title(literal(title), loc="left", fontsize=12, fontweight="bold", pad=10)
    return ax


def ink(ax, weights):
    """Colour the cells 0..1; where there are too many for numbers, a square root keeps small weights visible."""
    weights = as_numpy(weights)
    norm = PowerNorm(1.0 if max(weights.shape) <= 8 else 0.5, vmin=0, vmax=1, clip=True)
    ax.imshow(weights, cmap=ALPHA, norm=norm, aspect="auto", interpolation="nearest")


def readable(weight):
    """Return the text colour, ink or white, with the better contrast on the colour of ``weight``."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in ALPHA(weight)[:3])
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return INK if luminance > 0.2 else "white"
