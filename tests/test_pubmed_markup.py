from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.pubmed_markup import plain
from pipeline.text import normal


def parsed(markup: str) -> Element:
    builder = TreeBuilder()
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.Parse(f"<AbstractText>{markup}</AbstractText>".encode(), True)
    return builder.close()


def rendered(markup: str) -> str:
    return plain(parsed(markup))


def math(inside: str) -> str:
    prefixed = inside.replace("</", "</mml:").replace("<m", "<mml:m")
    return rendered(f'<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML">{prefixed}</mml:math>')


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("p&lt;10<sup>-3</sup> M", "p<10^-3 M"),
        ("25 kg/m<sup>2</sup>", "25 kg/m^2"),
        ("Ca<sup>2+</sup>", "Ca^2+"),
        ("CD4<sup>+</sup> cells", "CD4^+ cells"),
        ("[<sup>11</sup>C]exampline", "[^11C]exampline"),
        ("PrP<sup>Sc</sup>", "PrP^Sc"),
        ("SO<sub>4</sub><sup>2-</sup>", "SO4^2-"),
        ("Sod3<sup>-/-</sup> mice", "Sod3^-/- mice"),
        ("2<sup>n-1</sup> and 10<sup>3/2</sup>", "2^(n-1) and 10^(3/2)"),
        ("known.<sup>1,2</sup>", "known.^1,2"),
        ("Example<sup>®</sup>, Other<sup>TM</sup>", "Example®, OtherTM"),
        ("the 19<sup>th</sup> century", "the 19th century"),
        ("10^<sup>6</sup>", "10^6"),
    ],
)
def test_superscripts(markup: str, text: str) -> None:
    assert rendered(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("H<sub>2</sub>O", "H2O"),
        ("IC<sub>50</sub> of 58.92 nM", "IC50 of 58.92 nM"),
        ("Na<sub>V</sub>1.5, T<sub>H</sub>2", "NaV1.5, TH2"),
        ("VO<sub>2</sub>max", "VO2max"),
    ],
)
def test_subscripts(markup: str, text: str) -> None:
    assert rendered(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("mc<sup>2</sup>155", "mc^2 155"),
        ("(aged <sup>3</sup>60 years)", "(aged ^3 60 years)"),
        ("I<sup>2</sup>28%", "I^2 28%"),
        ("<i>r<sup>2</sup></i>0.5", "r^2 0.5"),
        ("A<sup>-</sup>5 mg", "A^- 5 mg"),
        ("Ce<sup>3+</sup>,0.03Sm", "Ce^3+,0.03Sm"),
        ("log<sub>10</sub>5", "log10 5"),
        ("CuCl<sub>2</sub>.2 H<sub>2</sub>O", "CuCl2 .2 H2O"),
        ("0.81<sub>0.86</sub>, p", "0.81_0.86, p"),
        ("NY-ESO-1<sub>157-165</sub>", "NY-ESO-1_157-165"),
        ("5<sub>-3</sub> and 1.<sub>5</sub>", "5_-3 and 1._5"),
        ("P2<sub>1</sub>2<sub>1</sub>2", "P2_1 2_1 2"),
    ],
)
def test_two_numbers_never_become_one(markup: str, text: str) -> None:
    assert rendered(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Ca<sup>2</sup><sup>+</sup>", "Ca^2+"),
        ("g<sup>-</sup><sup>1</sup>", "g^-1"),
        ("kg<sup>- 1</sup>.h<sup>- 1</sup>", "kg^-1.h^-1"),
        ("Aβ<sub>1</sub><sub>-</sub><sub>42</sub>", "Aβ1-42"),
    ],
)
def test_a_script_in_pieces_is_one_script(markup: str, text: str) -> None:
    assert rendered(markup) == text


def test_other_markup_leaves_its_text_alone() -> None:
    assert rendered("<b>Aim</b>: <i>in  vitro</i>\n <u>1</u>5<i/><sup/>!") == "Aim: in vitro 15!"


def test_superscript_elements_and_characters_have_one_normal_form() -> None:
    assert rendered("10<sup>-3</sup>, Ca<sup>2+</sup>, <sup>11</sup>C") == normal("10⁻³, Ca²⁺, ¹¹C")


def test_text_is_composed_and_invisible_characters_are_kept() -> None:
    assert (
        rendered("cafe\u0301 zero\u200bwidth soft\u00adhyphen\u2009thin")
        == "café zero\u200bwidth soft\u00adhyphen thin"
    )


def test_nothing_is_empty() -> None:
    assert plain(None) == ""
    assert plain(Element("ArticleTitle")) == ""


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<msup><mn>10</mn><mrow><mo>-</mo><mn>4</mn></mrow></msup>", "10^-4"),
        ("<msub><mi>T</mi> <mn>1</mn></msub>", "T1"),
        ("<msubsup><mi>T</mi><mn>2</mn><mo>∗</mo></msubsup>", "T2^∗"),
        ("<msubsup><mi>PO</mi><mn>4</mn><mrow><mo>-</mo><mn>3</mn></mrow></msubsup>", "PO4^-3"),
        ("<mn>25.3</mn> <mo>±</mo> <mn>6.1</mn><mspace/><mtext>ms</mtext>", "25.3 ± 6.1 ms"),
        ("<mi>P</mi><mo>&gt;</mo><mo>.</mo><mn>2</mn>", "P > .2"),
        ("<mfrac><mi>SWI</mi><mi>ADC</mi></mfrac>", "SWI/ADC"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mn>2</mn></mfrac>", "(a+1)/2"),
        ("<mn>1</mn><mfrac><mn>1</mn><mn>2</mn></mfrac><mn>5</mn>", "1 1/2 5"),
        ("<mo>-</mo><mfrac><mn>1</mn><mn>2</mn></mfrac>", "-1/2"),
        ("<msqrt><mn>3</mn></msqrt><mn>5</mn>", "√3 5"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "x^(1/3)"),
        ("<mover><mi>V</mi><mo>.</mo></mover><msub><mi>O</mi><mn>2</mn></msub>", "V\u0307O2"),
        ("<mover><mi>AB</mi><mo>*</mo></mover>", "AB^*"),
        ("<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover>", "∑i^n"),
        ("<msub><mi>MR</mi><mfenced><mi>a</mi><mi>b</mi></mfenced></msub>", "MR(a,b)"),
        ("<mmultiscripts><mi>He</mi><mprescripts/><mnone/><mn>3</mn></mmultiscripts>", "^3He"),
        ("<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr></mtable>", "1 2"),
        ("<msemantics><mi>x</mi></msemantics>", "x"),
        ("<msup><mi>x</mi></msup>", "x"),
    ],
)
def test_mathml(markup: str, text: str) -> None:
    assert math(markup) == text


def test_mathml_annotations_are_not_read_twice() -> None:
    assert rendered("<math><semantics><mi>x</mi><annotation>\\x</annotation></semantics></math>") == "x"


_TEXT = st.text(st.sampled_from("0123456789.,+-−/ abµ"), max_size=6)
_MARKUP = st.recursive(
    _TEXT,
    lambda inner: st.tuples(st.sampled_from(["i", "sup", "sub"]), _TEXT, inner, _TEXT).map(
        lambda parts: "{1}<{0}>{2}</{0}>{3}".format(*parts)
    ),
    max_leaves=6,
)


@given(st.lists(_MARKUP, max_size=4).map("".join))
def test_no_letter_or_digit_is_lost_and_no_mark_is_left(markup: str) -> None:
    def letters(text: str) -> str:
        return "".join(char for char in text if char.isalnum())

    text = rendered(markup)
    assert letters(text) == letters("".join(parsed(markup).itertext()))
    assert text.isprintable()
