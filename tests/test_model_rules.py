"""The house rules of the models, asked of dbt's manifest and of the files."""

import json
import re
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[1]
# SQL that changes the rows of a mart, or reads another one.
BEYOND_A_ROW = re.compile(
    r"\b(join|group by|union|distinct on|where|qualify|over|having|limit|sum|count|min|max)\b"
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


def test_destinations_rename_and_write_each_row_of_a_mart_as_the_api_takes_it(models):
    for model in models:
        if folder(model) == "destinations":
            code = re.sub("--.*|'.*?'", "", model["raw_code"])
            assert not BEYOND_A_ROW.search(code), model["path"]
            assert model["raw_code"].endswith("select *\nfrom renamed"), model["path"]


def test_nothing_outside_its_folder_knows_a_destination(models):
    names = [path.name for path in (ROOT / "models/destinations").iterdir()]
    words = re.compile("|".join(name.replace("_", "[_ ]") for name in names), re.IGNORECASE)
    for model in models:
        if folder(model) in {"intermediate", "marts"}:
            assert not words.search(model["raw_code"]), model["path"]


def test_models_read_what_comes_before_them(models):
    """Staging, intermediate models, marts, destinations; no folder reads a later one."""
    floors = ["staging", "intermediate", "marts", "destinations", "operations"]
    places = {m["unique_id"]: floors.index(folder(m)) for m in models}
    for model in models:
        read = [places.get(name, 0) for name in model["depends_on"]["nodes"]]
        assert max(read, default=0) <= places[model["unique_id"]], model["path"]


def test_every_model_has_a_file_of_its_own_that_describes_and_tests_it(manifest, models):
    for model in models:
        path = Path("models", model["path"]).with_suffix(".yml")
        assert model["patch_path"].partition("://")[2] == str(path)
    for test in manifest["unit_tests"].values():
        assert Path(test["original_file_path"]).stem == test["model"]


def test_what_several_models_have_is_described_once_and_the_rest_beside_its_model():
    texts = [path.read_text() for path in (ROOT / "models").rglob("*.yml")]
    texts.append((ROOT / "dbt_package/seeds/_seeds__models.yml").read_text())
    docs = [ROOT / "models/docs.md", ROOT / "dbt_package/seeds/_seeds__docs.md"]
    for name in re.findall(r"\{% docs (\w+) %\}", "".join(path.read_text() for path in docs)):
        assert sum(f"doc('{name}')" in text for text in texts) > 1, name


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
    for node in manifest["nodes"].values():
        if node["resource_type"] not in {"model", "seed"}:
            continue
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


def test_every_model_that_computes_has_a_unit_test(manifest, models):
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    for model in models:
        computes = re.search(r"(?<!ref)(?<!adapter\.quote)(?<=\w)\(|\bcase\b", model["raw_code"])
        if computes and folder(model) in {"intermediate", "marts", "destinations"}:
            assert model["name"] in tested, model["path"]


def test_every_macro_has_a_file_of_its_own_and_says_what_it_does():
    folders = [ROOT / "macros", ROOT / "dbt_package/macros", ROOT / "dbt_package/tests/generic"]
    for path in (path for folder in folders for path in folder.glob("*.sql")):
        text = path.read_text()
        first, *engines = re.findall(r"\{% (?:macro|test) (\w+)", text)
        assert first == path.stem
        assert all(re.fullmatch(rf"[a-z]+__{path.stem}", name) for name in engines), path.name
        assert text.startswith("{#"), path.name


def test_the_guide_leads_to_the_description_of_every_staging_model(models):
    guide = (ROOT / "docs/bring-your-own-oms.md").read_text()
    for model in models:
        if model["path"].startswith("staging/oms"):
            assert f"(../models/staging/oms/{model['name']}.yml)" in guide, model["name"]
