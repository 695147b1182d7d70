"""The house rules of the models, asked of dbt's manifest and of the files; the macros' cases."""

import hashlib
import json
import re
from pathlib import Path

import duckdb
import jinja2
import pytest
import yaml

ROOT = Path(__file__).parents[1]
DESTINATIONS = ROOT / "connector/destinations"
RENAMING = re.compile(
    r"""with
    (?P<mart>\w+) as \(select \* from \{\{ ref\("(?P=mart)"\) \}\}\),

    renamed as \(\s+select\s+\w+( as \w+)?(,\s+\w+( as \w+)?)*\s+from (?P=mart)\s+\)

select \*
from renamed
"""
)


@pytest.fixture(scope="module")
def manifest(built):
    return json.loads((built.parent / "target" / "manifest.json").read_text())


@pytest.fixture(scope="module")
def models(manifest):
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def folder(model):
    return model["path"].split("/")[0]


def column_names(built, model):
    with duckdb.connect(built, read_only=True) as connection:
        return [
            name
            for (name,) in connection.execute(
                "select column_name from information_schema.columns "
                "where table_schema = ? and table_name = ? order by ordinal_position",
                [model["schema"], model["alias"]],
            ).fetchall()
        ]


def test_every_model_is_named_after_its_folder(models):
    patterns = {
        "staging": r"stg_{parent}__[a-z_]+",
        "marts": r"[a-z]+(_[a-z]+)*",
        "destinations": r"{parent}__[a-z_]+",
    }
    for model in models:
        parent = Path(model["path"]).parent.name
        pattern = patterns[folder(model)].format(parent=parent)
        assert re.fullmatch(pattern, model["name"]), model["path"]


def test_only_staging_reads_sources_and_it_joins_nothing(models):
    for model in models:
        parents = model["depends_on"]["nodes"]
        sources = [name for name in parents if name.startswith("source.")]
        if folder(model) == "staging":
            assert parents == sources, model["path"]
            assert len(sources) == 1, model["path"]
        else:
            assert not sources, model["path"]


def test_destinations_read_marts_only_and_each_one_of_them(models):
    marts = {model["unique_id"] for model in models if folder(model) == "marts"}
    for model in models:
        if folder(model) == "destinations":
            assert len(model["depends_on"]["nodes"]) == 1, model["path"]
            assert set(model["depends_on"]["nodes"]) <= marts, model["path"]


def test_destinations_rename_and_never_compute(models):
    for model in models:
        if folder(model) == "destinations":
            assert RENAMING.fullmatch((ROOT / "models" / model["path"]).read_text()), model["path"]


def test_every_model_imports_first_and_ends_with_its_last_cte(models):
    for model in models:
        code = model["raw_code"]
        names = re.findall(r"^    (\w+) as \(", code, flags=re.MULTILINE)
        imports = [
            bool(re.search(rf"^    {name} as \(select \* from \{{\{{", code, flags=re.MULTILINE))
            for name in names
        ]
        assert imports == sorted(imports, reverse=True), model["path"]
        assert code.count("{{ ref(") + code.count("{{ source(") == sum(imports), model["path"]
        assert re.search(rf"\)\n\nselect \*\nfrom {names[-1]}\s*$", code), model["path"]


def test_every_model_seed_source_and_exposure_is_described(manifest):
    described = [
        *(n for n in manifest["nodes"].values() if n["resource_type"] in {"model", "seed"}),
        *manifest["sources"].values(),
        *manifest["exposures"].values(),
    ]
    assert [node["name"] for node in described if not node["description"]] == []


def test_every_column_is_described_and_none_is_described_that_is_not_there(built, manifest):
    nodes = [n for n in manifest["nodes"].values() if n["resource_type"] in {"model", "seed"}]
    sources = [{**source, "alias": source["identifier"]} for source in manifest["sources"].values()]
    for node in [*nodes, *sources]:
        columns = column_names(built, node)
        assert columns == list(node["columns"]), node["name"]
        blank = [name for name, column in node["columns"].items() if not column["description"]]
        assert blank == [], node["name"]


def test_contracts_are_enforced_from_the_marts_on(models):
    for model in models:
        enforced = model["config"]["contract"]["enforced"]
        assert enforced == (folder(model) != "staging"), model["path"]


def test_money_is_never_a_float(built):
    with duckdb.connect(built, read_only=True) as connection:
        query = """
            select table_schema, table_name, column_name from information_schema.columns
            where data_type in ('DOUBLE', 'FLOAT')
        """
        assert connection.execute(query).fetchall() == []


def test_every_destination_has_an_exposure_of_all_its_models(manifest, models):
    for path in sorted((ROOT / "models/destinations").iterdir()):
        expected = {m["unique_id"] for m in models if Path(m["path"]).parent.name == path.name}
        (exposure,) = [e for e in manifest["exposures"].values() if e["name"] == path.name]
        assert set(exposure["depends_on"]["nodes"]) == expected


def test_every_mart_that_computes_has_a_unit_test(manifest, models):
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    assert {model["name"] for model in models if folder(model) == "marts"} <= tested


def expected_descriptions(contract, view):
    """What the contract says of the columns of a view, nested fields under a__b."""

    def flat(properties, prefix=""):
        for name, field in properties.items():
            if field["type"] == "object":
                yield from flat(field["properties"], f"{prefix}{name}__")
            elif "x-entity" not in field:
                yield f"{prefix}{name}", field["description"]

    parent = contract["properties"]
    if view == contract["x-entity"]:
        hidden = contract["x-columns"][view].items()
        return {
            **dict(flat(parent)),
            **{name: field["description"] for name, field in hidden},
        }
    key = contract["x-key"]
    return {key: parent[key]["description"], **dict(flat(parent[view]["items"]["properties"]))}


def test_a_destination_describes_its_columns_in_the_words_of_the_contract(models):
    for model in models:
        if folder(model) == "destinations":
            destination, view = model["name"].split("__")
            path = DESTINATIONS / destination / "contract.yml"
            expected = expected_descriptions(yaml.safe_load(path.read_text()), view)
            for name, column in model["columns"].items():
                if name != "_position":
                    assert column["description"] == expected[name], (model["name"], name)


def test_every_macro_has_a_file_of_its_own_and_says_what_it_does():
    for path in (ROOT / "macros").glob("*.sql"):
        text = path.read_text()
        assert re.findall(r"\{% macro (\w+)", text) == [path.stem]
        assert text.startswith("{#"), path.name


def test_the_guide_names_every_staging_column(models):
    guide = (ROOT / "docs/bring-your-own-oms.md").read_text()
    for model in models:
        if folder(model) == "staging":
            section = guide.partition(f"### {model['name']}\n")[2].partition("\n#")[0]
            named = re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE)
            assert named == list(model["columns"]), model["name"]


def evaluate(macro, *arguments):
    """Run a macro as DuckDB would see it, with the arguments bound as text."""
    template = (ROOT / f"macros/{macro}.sql").read_text()
    names = [f"argument_{number}" for number in range(len(arguments))]
    call = ", ".join(f"'cast(${name} as varchar)'" for name in names)
    sql = jinja2.Environment().from_string(f"{template}{{{{ {macro}({call}) }}}}").render()  # noqa: S701
    bound = dict(zip(names, arguments, strict=True))
    used = {name: value for name, value in bound.items() if f"${name}" in sql}
    return duckdb.connect().execute(f"select {sql}", used).fetchone()[0]


@pytest.mark.parametrize(
    ("email", "normalised"),
    [
        ("OlenaHarbor+news@gmail.com", "olenaharbor@gmail.com"),
        ("olena.harbor@GMAIL.com", "olenaharbor@gmail.com"),
        ("rowan.hale-promo@yahoo.com", "rowanhale@yahoo.com"),
        ("rowan.hale+promo@yahoo.com", "rowanhale+promo@yahoo.com"),
        ("a.b-c-d@ymail.com", "ab@ymail.com"),
        ("Mia.Stone+x@Outlook.com", "mia.stone@outlook.com"),
        ("Mia.Stone@fjordmail.example", "mia.stone@fjordmail.example"),
        ("  Mia+x@googlemail.com ", "mia+x@googlemail.com"),
        (" No Address ", "no address"),
        ("A.B@C@gmail.com", "a.b@c@gmail.com"),
        (None, None),
    ],
)
def test_an_email_address_is_normalised_as_northbeam_does(email, normalised):
    assert evaluate("normalise_email", email) == normalised


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        (
            "olenaharbor@gmail.com",
            "52907987331cded82cb6e84f6873a00b13bae23c4076f3c40eb3097787d6ff42",
        ),
        (
            "rowanhale@yahoo.com",
            "8ad5dd03a3c22ad0e09db5e6541ae591de29375c5bc90bd76521ff6091734f7b",
        ),
        (
            "mia.stone@fjordmail.example",
            "a7afecd69760133fa02ff5a4f9e7d46d5013d74778707a59ef0ab8ddd8a25eeb",
        ),
        ("+14155550142", "abbf04d6f629b136344993dfb197f1fd9296f712eaf103ebc22b1cc29fb0f135"),
    ],
)
def test_a_hash_is_sha256_in_lower_case(text, digits):
    assert evaluate("sha256_hex", text) == digits == hashlib.sha256(text.encode()).hexdigest()


def test_nothing_has_no_hash():
    assert evaluate("sha256_hex", None) is None


@pytest.mark.parametrize(
    ("phone", "calling_code", "number"),
    [
        ("+1 (415) 555-0142", None, "+14155550142"),
        ("(415) 555-0142", "1", "+14155550142"),
        ("1-415-555-0142", "1", "+14155550142"),
        ("011 44 7700 900123", "1", "+447700900123"),
        ("07700 900123", "44", "+447700900123"),
        ("0044 7700 900123", "44", "+447700900123"),
        ("+44 (0)7700 900123", "33", "+447700900123"),
        ("06 1234 5678", "39", "+390612345678"),
        ("12 34 56 78", "45", "+4512345678"),
        ("07700 900123", None, None),
        ("7700900123", "", None),
        ("12", "44", None),
        ("0", "44", None),
        ("+0123456789", "44", None),
        ("1234567890123456", "44", None),
        ("ask reception", "44", None),
        ("0123456789 ext. 5", "44", None),
        ("", "44", None),
        (None, "44", None),
    ],
)
def test_a_phone_number_becomes_e164_or_nothing(phone, calling_code, number):
    assert evaluate("to_e164", phone, calling_code) == number
