"""The strict reader against a full YAML parser, on templates that no person would write."""

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from ecrdrain.fate.policies import UNKNOWN
from tests.effort import examples
from tests.unit.fate.full_parser import disagreements, policies_of

TYPES = ("AWS::ECR::Repository", "AWS::CloudFormation::Stack", "AWS::S3::Bucket")
WORDS = (None, "Delete", "Retain", "RetainExceptOnCreate", "Snapshot")

TEXTS = st.text(
    alphabet=st.sampled_from("ab:#-?!&*{}[],|>'\"%@`\\ \n\té"), max_size=12
) | st.sampled_from(
    (
        "DeletionPolicy: Delete",
        "\nResources:\n  A:\n    DeletionPolicy: Delete\n",
        "yes",
        "012",
        "null",
        "---\n",
        'it\'s "so"',
    )
)
TREES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def templates(draw: st.DrawFn) -> dict[str, object]:
    """Draw a template as an object."""
    resources: dict[str, dict[str, object]] = {}
    for logical_id in draw(st.lists(st.sampled_from("ABCD"), min_size=1, unique=True)):
        attributes: dict[str, object] = {"Type": draw(st.sampled_from(TYPES))}
        for name in ("DeletionPolicy", "UpdateReplacePolicy"):
            value = draw(st.sampled_from((*WORDS, "retain", {"Ref": "Delete"}, ["Retain"])))
            if value is not None:
                attributes[name] = value
        attributes["Properties"] = draw(TREES)
        attributes["Metadata"] = draw(TREES)
        names = draw(st.permutations(list(attributes)))
        resources[logical_id] = {name: attributes[name] for name in names}
    sections = {"Description": draw(TEXTS), "Mappings": draw(TREES), "Resources": resources}
    return {name: sections[name] for name in draw(st.permutations(list(sections)))}


@examples(100)
@given(
    template=templates(),
    style=st.sampled_from((None, "'", '"', "|", ">")),
    flow=st.sampled_from((None, True, False)),
    indent=st.integers(2, 9),
    width=st.integers(10, 80),
    unicode=st.booleans(),
    start=st.booleans(),
    end=st.booleans(),
    line_break=st.sampled_from(("\n", "\r", "\r\n")),
)
def test_no_style_of_a_yaml_writer_misleads_the_reader(  # noqa: PLR0913 - all that it can vary
    *,
    template: dict[str, object],
    style: str | None,
    flow: bool | None,
    indent: int,
    width: int,
    unicode: bool,
    start: bool,
    end: bool,
    line_break: str,
) -> None:
    """However a template is written, the reader says what is in it, or "unknown"."""
    text = yaml.safe_dump(
        template,
        default_style=style,
        default_flow_style=flow,
        indent=indent,
        width=width,
        allow_unicode=unicode,
        explicit_start=start,
        explicit_end=end,
        line_break=line_break,
        sort_keys=False,
    )
    assert disagreements(text)[0] == []


@examples(100)
@given(template=templates(), indent=st.integers(2, 9), start=st.booleans())
def test_plain_block_style_is_always_understood(
    *, template: dict[str, object], indent: int, start: bool
) -> None:
    """In the style that people write, no literal policy and no absence is unknown."""
    template = {name: template[name] for name in ("Resources",)}
    resources = template["Resources"]
    assert isinstance(resources, dict)
    for attributes in resources.values():
        del attributes["Metadata"]
        attributes["Properties"] = {"Names": ["a", "b"], "Text": "one\ntwo: 'three'\n"}
    text = yaml.safe_dump(template, indent=indent, explicit_start=start, sort_keys=False)
    assert disagreements(text) == ([], 0)
    for logical_id, attributes in resources.items():
        value = attributes.get("DeletionPolicy")
        told = policies_of(text, logical_id, attributes["Type"])
        assert told["deletion"] == (value if value in WORDS else UNKNOWN)


SEEDS = (
    """Resources:
  A:
    Type: AWS::X
    DeletionPolicy: Retain
    Properties:
      Text: |
        DeletionPolicy: Delete
        "x
      Quoted: "a
        b"
      Flow: {a: b, c: [d, 'e f']}
  B:
    Type: AWS::X
    UpdateReplacePolicy: "Retain"
""",
    """Parameters:
  P: {Type: String}
Resources:
  A:
    Type: AWS::X
    Properties:
    - a
    - b: c
      d: >-
        e: f
    DeletionPolicy: 'Delete'
    DependsOn:
    - B
    - [x,
     y]
  B:
    DeletionPolicy: Retain # c
    Type: AWS::X
Outputs:
  O: !Sub "x
   y"
""",
    """# c
---
Description: >
  Resources:
    A:
      DeletionPolicy: Delete
Resources:
    A:
        Type: AWS::X
        Properties: {a: "b", c: d,
          e: 'f
          g', h: [!Ref A, !Sub "${x}"]
        }
        UpdateReplacePolicy: Retain
        DeletionPolicy: RetainExceptOnCreate
        Metadata: it's a plain
          text # end
    "B":
        "Type": AWS::X
        "DeletionPolicy": "Delete"
""",
    """Resources:
  A: &a
    Type:
      AWS::X
    DeletionPolicy:
      Retain
    Properties:
      K: !If
      - a
      - - b
        - c
      - {d: e}
  B:
    <<: *a
    Type: AWS::X
  C: *a
""",
)
SNIPPETS = (
    *("\"'[]{}:,#-?|>&*!%@`~\\ \t\r\n\x85\xa0\u2028\ufeffé"),
    *(": ", " #", "- ", "? ", "  ", "    ", "\n\n", "\r\n", "''", '\\"', "|2\n", ">+\n", "|-\n"),
    *("--- ", "\n---\n", "\n...\n", "&a ", "*a", "!Sub ", "!!str ", "<<: ", "null", "%YAML 1.1\n"),
    *("DeletionPolicy: Retain\n", "\n    DeletionPolicy: Delete\n", '"DeletionPolicy": Retain\n'),
    *("\n  A:\n", "\n  B: ", "\nResources:\n", "\n      ", "\n#c\n", "\n# c\n", "\n      # c\n"),
    *(
        '\n"x\n',
        "\n[a,\n",
        'key: "a\n',
        "key: 'a\n",
        "key: {a: b\n",
        "key: [\n",
        "k: |\n",
        "k: a\n",
    ),
)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Draw a template with some of its characters lost, moved, or come from elsewhere."""
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 3))):
        lines = text.split("\n")
        row = draw(st.integers(0, len(lines) - 1))
        column = draw(st.integers(0, len(lines[row])))
        before, after = "\n".join([*lines[:row], lines[row][:column]]), lines[row][column:]
        rest = "\n".join([after, *lines[row + 1 :]])
        match draw(st.sampled_from(("insert", "insert", "delete", "copy"))):
            case "insert":
                text = before + draw(st.sampled_from(SNIPPETS)) + rest
            case "delete":
                text = before + rest[draw(st.integers(1, 12)) :]
            case _:
                copied = lines[draw(st.integers(0, len(lines) - 1))]
                text = f"{before}\n{' ' * draw(st.integers(0, 8))}{copied.lstrip()}\n{rest}"
    return text


@examples(500)
@given(text=damaged())
@example(text="--- {Resources: {A: {Type: AWS::X}}}\n")
@example(text=SEEDS[0].replace("    DeletionPolicy", "    !Tag DeletionPolicy"))
@example(text=SEEDS[2].replace("Description: >", "Description: &a >"))
def test_no_damage_to_a_template_misleads_the_reader(text: str) -> None:
    """What still is YAML is read as the full parser reads it, or is "unknown"."""
    try:
        wrong, _ = disagreements(text)
    except yaml.YAMLError:
        # No stack was ever made of it; the reader must only not fail.
        policies_of(text, "A", "AWS::X")
        wrong = []
    assert wrong == []
