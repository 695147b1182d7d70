"""The house rules of the models, asked of dbt's manifest and of the files."""

import json
import re
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[1]
RENAMING = re.compile(
    r"""with
    (?P<mart>\w+) as \(select \* from \{\{ ref\("(?P=mart)"\) \}\}\),

    renamed as \(\s+select\s+\w+( as "?\w+"?)?(,\s+\w+( as "?\w+"?)?)*\s+from (?P=mart)\s+\)

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
        "intermediate": r"int_[a-z]+(_[a-z]+)*",
        "marts": r"[a-z]+(_[a-z]+)*",
        "destinations": r"{parent}__[a-z_]+",
    }
    for model in models:
        parent = Path(model["path"]).parent.name
        pattern = patterns[folder(model)].format(parent=parent)
        assert re.fullmatch(pattern, model["name"]), model["path"]


def test_only_staging_reads_sources_and_what_it_joins_is_a_base_model(models):
    bases = {model["unique_id"] for model in models if model["name"].startswith("base_")}
    for model in models:
        parents = set(model["depends_on"]["nodes"])
        sources = {name for name in parents if name.startswith("source.")}
        if folder(model) != "staging":
            assert not sources, model["path"]
        elif model["unique_id"] in bases:
            assert parents - sources <= bases, model["path"]
        else:
            assert len(parents) == 1, model["path"]
            assert parents <= sources | bases, model["path"]


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
        assert enforced or model["path"].startswith("staging/connector"), model["path"]


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
    assert {m["name"] for m in models if folder(m) in {"intermediate", "marts"}} <= tested


def test_every_macro_has_a_file_of_its_own_and_says_what_it_does():
    for path in (ROOT / "macros").glob("*.sql"):
        text = path.read_text()
        first, *engines = re.findall(r"\{% macro (\w+)", text)
        assert first == path.stem
        assert all(re.fullmatch(rf"[a-z]+__{path.stem}", name) for name in engines), path.name
        assert text.startswith("{#"), path.name


def test_the_guide_names_every_staging_column(models):
    guide = (ROOT / "docs/bring-your-own-oms.md").read_text()
    for model in models:
        if folder(model) == "staging":
            section = guide.partition(f"### {model['name']}\n")[2].partition("\n#")[0]
            named = re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE)
            assert named == list(model["columns"]), model["name"]
