"""The strict reader: what it reads, style by style, and where it says "unknown"."""

import json
from textwrap import dedent

import pytest

from ecrdrain.fate.policies import UNKNOWN, Policies
from tests.unit.fate.full_parser import policies_of

TYPE = "AWS::ECR::Repository"
NOTHING_KNOWN = Policies(deletion=UNKNOWN, update_replace=UNKNOWN)


def read(template: object) -> Policies:
    """Read the policies of the resource called Repository."""
    return policies_of(template, "Repository", TYPE)


def of(yaml: str) -> Policies:
    """Read them off YAML text, written with the test's indentation."""
    return read(dedent(yaml))


READ = {
    "plain words": """
        Resources:
          Repository:
            Type: AWS::ECR::Repository
            DeletionPolicy: Retain
            UpdateReplacePolicy: Delete
        """,
    "quoted keys and values": """
        "Resources" :
          'Repository':
            "Type": 'AWS::ECR::Repository'
            'DeletionPolicy': "Retain"
            "UpdateReplacePolicy" : 'Delete'
        """,
    "comments and blank lines": """
        # Resources:
        Resources: # what there is

          # DeletionPolicy: Delete
          Repository:
        # at the margin
            Type: AWS::ECR::Repository   # a repository

            DeletionPolicy: Retain # kept
            UpdateReplacePolicy: Delete
              # or: not
            # DeletionPolicy: Delete
        """,
    "values below their keys": """
        Resources:
          Repository:
            Type:
              AWS::ECR::Repository
            DeletionPolicy:
              # kept
              "Retain"
            UpdateReplacePolicy:
                Delete #or: not
        """,
    "a document's beginning": """\
        # a template
        ---  # here it begins
        Resources:
          Repository:
            Type: AWS::ECR::Repository
            DeletionPolicy: Retain
            UpdateReplacePolicy: Delete
        """,
    "everything indented": """
            Resources:
                    Repository:
                     Type: AWS::ECR::Repository
                     DeletionPolicy: Retain
                     UpdateReplacePolicy: Delete
            Outputs:
             A: b
        """,
    "text that looks like keys, in block scalars": """
        Description: >
          Resources:
            Repository:
              DeletionPolicy: Delete
        Resources:
          Function:
            Type: AWS::Lambda::Function
            Properties:
              Code:
                ZipFile: |-
                  "open
                    DeletionPolicy: Delete

                  [
          Repository:
            Type: AWS::ECR::Repository
            DeletionPolicy: Retain
            Metadata:
              - - >+  # a comment

                    DeletionPolicy: Delete
                - b: |
                   'c
                  d: e
            UpdateReplacePolicy: Delete
        """,
    "plain text over several lines": """
        Resources:
          Repository:
            Type: AWS::ECR::Repository
            Metadata:
              A: it is
                "not quoted

                [nor a list
                - nor an item # but this is a comment
              B:
                  more
                'of that
              C: -a
              D: ?b
              E: :c
            DeletionPolicy: Retain
            UpdateReplacePolicy: Delete
        """,
    "sequences in the column of their keys": """
        Resources:
          Repository:
            Type: AWS::ECR::Repository
            DependsOn:
            - A
            -   B:
                  C
                DeletionPolicy: Delete
            - - D
              - E
            -
              DeletionPolicy: Delete
            DeletionPolicy: Retain
            UpdateReplacePolicy: Delete
        """,
    "tags": """
        Conditions:
          A: !Equals
          - !Ref B
          - !Sub "
            c"
        Resources:
          Repository:
            Type: AWS::ECR::Repository
            Properties: !If
              - A
              - DeletionPolicy: Delete
              - !Ref AWS::NoValue
            DeletionPolicy: Retain
            Metadata: &a
              B: !Sub
                "c"
              D: *a
            UpdateReplacePolicy: Delete
        """,
    "odd keys elsewhere": """
        Mappings:
          Accounts:
            012345678901: {a: b}
            "true":
              <<: *c
              a:\xa0b: c
              Fn::Transform: d
            a b [c] "d" : e
        Resources:
          Repository:
            Type: AWS::ECR::Repository
            DeletionPolicy: Retain
            UpdateReplacePolicy: Delete
            Properties:
              Fn::Transform:
                Name: AWS::Include
        """,
}


@pytest.mark.parametrize("style", READ)
def test_the_policies_are_read_in_every_block_style(style: str) -> None:
    """What a template writes as plain words is read, whatever stands around it."""
    text = dedent(READ[style])
    expected = Policies(deletion="Retain", update_replace="Delete")
    assert read(text) == expected
    assert read(text.replace("\n", "\r\n")) == expected
    assert read(text.replace("\n", "\r")) == expected
    assert read("\ufeff" + text) == expected
    assert read(text.rstrip("\n")) == expected


@pytest.mark.parametrize("word", ["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"])
def test_each_policy_is_read_from_json_and_yaml(word: str) -> None:
    """All of CloudFormation's words for a policy are known."""
    template = {"Resources": {"Repository": {"Type": TYPE, "DeletionPolicy": word}}}
    expected = Policies(deletion=word, update_replace=None)
    assert read(template) == expected
    assert of(f"Resources: \n  Repository: \n    Type: {TYPE}\n    DeletionPolicy: {word}\n") == (
        expected
    )


def test_an_absent_policy_is_told_from_an_unknown_one() -> None:
    """A resource without the attributes has none."""
    expected = Policies(deletion=None, update_replace=None)
    assert read({"Resources": {"Repository": {"Type": TYPE}}}) == expected
    assert of(f"Resources:\n  Repository:\n    Type: {TYPE}\n") == expected


def test_an_absent_resource_has_no_policies_that_are_known() -> None:
    """A template that does not declare the logical id no longer tells them."""
    assert read({"Resources": {"Other": {"Type": TYPE}}}) == NOTHING_KNOWN
    assert of("Resources:\n  Other:\n    Repository: a\n") == NOTHING_KNOWN


POLICY_UNKNOWN = [
    "DeletionPolicy: !If [A, Delete, Retain]",
    "DeletionPolicy: !Ref Policy",
    "DeletionPolicy: !Ref\n      Retain",
    "DeletionPolicy: !!str Delete",
    "DeletionPolicy: &a Delete",
    "DeletionPolicy: *a",
    "DeletionPolicy:",
    "DeletionPolicy: ~",
    "DeletionPolicy: retain",
    "DeletionPolicy: Delete Retain",
    "DeletionPolicy: Delete\n      Retain",
    "DeletionPolicy: [Delete]",
    "DeletionPolicy:\n    - Delete",
    "DeletionPolicy:\n      Fn::If: Delete",
    "DeletionPolicy: |\n      Delete",
    'DeletionPolicy: "De\\x6cete"',
    "DeletionPolicy: 'Delete '",
    "DeletionPolicy: Delete\n    DeletionPolicy: Delete",
    "DeletionPolicy: Delete\n    <<: *a",
    "DeletionPolicy: Delete\n    Fn::Transform: {Name: AWS::Include}",
    "DeletionPolicy: Delete\n    Type: AWS::S3::Bucket",
]


@pytest.mark.parametrize("attribute", POLICY_UNKNOWN)
def test_a_policy_that_is_not_one_plain_word_is_unknown(attribute: str) -> None:
    """Functions, aliases, merges, repetitions and texts of any other kind are not guessed at."""
    policies = read(f"Resources:\n  Repository:\n    Type: {TYPE}\n    {attribute}\n")
    assert policies["deletion"] == UNKNOWN


RESOURCE_UNKNOWN = [
    f"Repository: {{Type: {TYPE}, DeletionPolicy: Delete}}",
    "Repository: *a",
    "Repository:",
    "Repository: word",
    f"Repository: !Tag\n    Type: {TYPE}",
    f"Repository:\n  - Type: {TYPE}",
    f"Repository:\n    DeletionPolicy: Delete\n    Properties: {{Type: {TYPE}}}",
    "Repository:\n    Type: AWS::ECR::PublicRepository",
    "Repository:\n    Type: !Ref Type",
]


@pytest.mark.parametrize("resource", RESOURCE_UNKNOWN)
def test_of_a_resource_that_is_not_understood_nothing_is_said(resource: str) -> None:
    """It is in another style, or of another type."""
    assert read(f"Resources:\n  {resource}\n  Other:\n    Type: {TYPE}\n") == NOTHING_KNOWN


TEMPLATE_UNKNOWN = [
    "",
    "word",
    "- Resources:",
    "Resources:",
    "Resources: {}",
    "Resources: *a",
    "Resources: !Tag\n  Repository:\n    Type: a",
    "Resources:\n- Repository:\n    Type: a",
    "Resources:\n  - Repository:\n      Type: a",
    "Resources: {Repository: {Type: a}}",
    '{"Resources": {"Repository": {"Type": "a"}}}',
    "Resources:\n  Other:\n    Type: a\n  <<: *a",
    "Resources:\n  Other:\n    Type: a\n  Other:\n    Type: a",
    "Resources:\n  Other:\n    Type: a\n  Fn::ForEach::Each:\n  - A",
    "Resources:\n  Other:\n    Type: a\nResources:\n  Repository:\n    Type: a",
    "Resources:\n  Other:\n    Type: a\n<<: *a",
    "Resources:\n  Other:\n    Type: a\nFn::Transform: {Name: AWS::Include}",
    "Resources:\n  Other:\n    Type: a\nTransform: AWS::Serverless-2016-10-31",
    "Transform:\n- Macro\nResources:\n  Other:\n    Type: a",
]


@pytest.mark.parametrize("template", TEMPLATE_UNKNOWN)
def test_what_may_hide_or_bring_resources_makes_them_unknown(template: str) -> None:
    """Flow style, merges, repetitions, loops and transforms may hold any resource."""
    assert read(template) == NOTHING_KNOWN


AT_THE_MARGIN = {
    "quoted text": """
        Resources:
          Repository:
            Type: AWS::ECR::Repository
            Properties:
              A: "one
            DeletionPolicy: Delete
          Other: \\"
          two"
            DeletionPolicy: Retain
        """,
    "a flow collection": """
        Resources:
          Repository:
            Type: AWS::ECR::Repository
            Properties: {A: [1],
            DeletionPolicy: Delete,
          B: {C: D}
        }
            DeletionPolicy: Retain
        """,
}


@pytest.mark.parametrize("what", AT_THE_MARGIN)
def test_a_value_that_goes_on_left_of_its_key_is_not_understood(what: str) -> None:
    """Parsers differ on it, and it may hide an entry or look like one."""
    assert {*of(AT_THE_MARGIN[what]).values()} == {UNKNOWN}


NOT_UNDERSTOOD = {
    "a second document": "a: b\n---\nc: d\n",
    "an empty first document": "---\n---\na: b\n",
    "an end marker": "a: b\n...\n",
    "content beside the marker": "--- {a: b}\n",
    "a directive": "%YAML 1.1\n---\na: b\n",
    "a tab for indentation": "a:\n\tb: c\n",
    "a tab before a continued text": "a: b\n\tc\n",
    "a tab before a text's line": "a: |\n\tc\n",
    "a tab after a dash": "a:\n-\tb\n",
    "an explicit key": "? a\n: b\n",
    "a key over several lines": '"a\nb": c\n',
    "a quoted key with escapes": '"\\x61": b\n',
    "an alias for a key": "*a : b\n",
    "a tagged key": "!!str a: b\n",
    "a flow collection for a key": "[a]: b\n",
    "an entry below a value": 'a: "b"\n  c: d\n',
    "an item below a value": "a: [b]\n  - c\n",
    "a text below a value": "a: 'b'\n  c\n",
    "a text at its key's column": "a:\nb\n",
    "something after a quoted text": 'a: "b" c\n',
    "a comment without a space": 'a: "b"#c\n',
    "something after a list": "a: [b] c\n",
    "a quote that is not closed": 'a: "b\n',
    "a bracket that is not closed": "a: [b,\n  c\n",
    "a next line of YAML 1.1": "a: b\x85c: d\n",
    "a line separator of YAML 1.1": "a: b\u2028c: d\n",
    "a line separator in a comment": "# a\u2028b\n---\nc: d\n",
}

ODD_ELSEWHERE = {
    "a mapping in a plain text": "a: b: c\n",
    "a mapping in a continued text": "a: b\n  c: d\n",
    "a colon at the end of a continued text": "a: b\n  c:\n",
    "an item beside a value": "a: b\n- c\n",
    "a text after a comment": "a: b # c\n  d\n",
    "a column between two": "a:\n    b: c\n  d: e\n",
    "a comment without a space in a list": "a: [b,#c\n  d]\n",
    "a mapping key in a list": "a: [? b]\n",
    "an anchor after a text": "a: [b, @c]\n",
    "a reserved character": "a: @b\n",
    "a percent sign": "a: %b\n",
    "a closing bracket": "a: ]\n",
    "a comma": "a: ,b\n",
    "a dash alone": "a: - b\n",
    "an indentation indicator": "a: |2\n    b\n",
    "something after a block scalar's sign": "a: | b\n",
}


@pytest.mark.parametrize("what", ODD_ELSEWHERE)
def test_what_is_odd_elsewhere_does_not_matter(what: str) -> None:
    """Rare or invalid YAML inside of other entries leaves the policies as they are."""
    text = ODD_ELSEWHERE[what]
    text += f"Resources:\n  Repository:\n    Type: {TYPE}\n    DeletionPolicy: Retain\n"
    assert read(text) == Policies(deletion="Retain", update_replace=None)


@pytest.mark.parametrize("what", NOT_UNDERSTOOD)
def test_the_reader_gives_up_on_what_it_does_not_understand(what: str) -> None:
    """Rare or invalid YAML is refused, and the whole template with it."""
    text = NOT_UNDERSTOOD[what]
    text += f"Resources:\n  Repository:\n    Type: {TYPE}\n    DeletionPolicy: Retain\n"
    assert read(text) == NOTHING_KNOWN


@pytest.mark.parametrize("template", [None, [], 7, {}, {"Resources": []}, {"Resources": {}}])
def test_a_template_without_resources_tells_nothing(template: object) -> None:
    """Whatever GetTemplate may return, the reader does not fail."""
    assert read(template) == NOTHING_KNOWN


def test_functions_in_json_are_unknown() -> None:
    """A policy that is an object, or stands beside a transform, is not guessed at."""
    resource = {"Type": TYPE, "DeletionPolicy": {"Ref": "Policy"}}
    template = json.loads(json.dumps({"Resources": {"Repository": resource}}))
    assert read(template) == Policies(deletion=UNKNOWN, update_replace=None)
    resource["Fn::Transform"] = {"Name": "AWS::Include"}
    assert read({"Resources": {"Repository": resource}}) == NOTHING_KNOWN
    assert read({"Resources": {"Repository": resource, "Fn::ForEach": []}}) == NOTHING_KNOWN
    assert read({"Resources": {"Repository": resource}, "Transform": "Macro"}) == NOTHING_KNOWN
    assert read({"Resources": {"Repository": "word"}}) == NOTHING_KNOWN


def test_very_deep_nesting_is_read() -> None:
    """Depth costs no recursion."""
    depth = 3000
    nested = "".join(f"{' ' * (4 + level)}K:\n" for level in range(1, depth))
    text = f"Resources:\n  Repository:\n    Type: {TYPE}\n    Metadata:\n{nested}"
    text += f"    DeletionPolicy: Retain\n    Properties: {'[' * depth}{']' * depth}\n"
    expected = Policies(deletion="Retain", update_replace=None)
    assert read(text) == expected
    deep: dict[str, object] = {}
    for _ in range(depth):
        deep = {"K": deep}
    resource = {"Type": TYPE, "Metadata": deep, "DeletionPolicy": "Retain"}
    assert read({"Resources": {"Repository": resource}}) == expected
