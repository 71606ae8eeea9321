"""The house keeps its plan: imports go one way, nothing evaluates text, start-up is light, and what is built holds everything."""

from __future__ import annotations

import ast
import functools
import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from examwright.generator.index import question_paths
from examwright.generator.vocabulary import design_functions, exact_functions, numeric_functions

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("solvers", "answers", "generator", "grader", "practice")  # each knows only those before it
LINKS = (*ROOMS, "templates", "banks")
RENDERING = ("pages", "markup", "mathjax", "mathset", "mathfont", "mathml", "webpage", "feedback_pages")


def _files(room: str) -> list[Path]:
    folder = ROOT / room if room in ROOMS else ROOT / "src" / "examwright"
    return sorted(folder.rglob("*.py")) if room in ROOMS else sorted([*folder.glob("*.py"), *(folder / "web").rglob("*.py")])


SOURCES = [p for room in (*ROOMS, "examwright") for p in _files(room)]


@functools.cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def _imports(path: Path) -> list[tuple[int, str]]:
    return list(_found_imports(path))


def _found_imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, module) of every import, those inside functions too, but for those that only types need."""
    tree = _tree(path)
    types = {n for node in ast.walk(tree) if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
             for one in node.body for n in ast.walk(one)}
    for node in ast.walk(tree):
        if node in types:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, a.name) for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name}:{node.lineno}: a relative import"
            yield node.lineno, node.module or ""
            if node.module == "examwright" or (node.module or "").count(".") == 1:
                yield from ((node.lineno, f"{node.module}.{a.name}") for a in node.names)


def test_all_sources_are_seen() -> None:
    assert len(SOURCES) >= 50 and {p.name for p in SOURCES} >= {"arithmetic.py", "reader.py", "chain.py", "mark.py", "cli.py"}


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_one_way(room: str) -> None:
    """solvers ← answers ← generator ← grader ← practice ← examwright; the command line is imported by nobody."""
    allowed = ROOMS[: ROOMS.index(room) + 1]
    wrong = []
    for path in _files(room):
        for line, module in _imports(path):
            first, _, rest = module.partition(".")
            if first in LINKS:
                wrong.append(f"{path.relative_to(ROOT)}:{line}: import examwright.{module}, not {module}")
            if first == "examwright" and rest and rest.split(".")[0] not in allowed and rest != "__version__":
                wrong.append(f"{path.relative_to(ROOT)}:{line}: {room} does not know {module}")
    assert wrong == []


def test_the_grader_does_not_know_rendering() -> None:
    wrong = [f"{p.name}:{line}: {module}" for p in _files("grader") for line, module in _imports(p)
             if module.startswith("weasyprint") or module.rpartition(".")[2] in RENDERING]
    # one contract asks whether every formula can be set; marking does not
    assert [w for w in wrong if not (w.startswith("contracts.py:") and w.endswith(".mathset"))] == []


def test_exact_and_numeric_solvers_do_not_know_each_other() -> None:
    for path in _files("solvers"):
        for _, module in _imports(path):
            if path.parent.name == "numeric":
                assert not module.startswith("examwright"), f"{path.name} is no longer independent: {module}"
            if path.parent.name == "exact":
                assert "numeric" not in module and not module.startswith("numpy"), f"{path.name}: {module}"


_FORBIDDEN = {"eval", "exec", "sympify", "parse_expr", "lambdify", "compile", "__import__", "literal_eval", "getattr_static",
              "parse_latex", "run_path", "run_module", "system", "popen"}
_ALLOWED = {"re.compile", "template_env.compile"}


def test_nothing_evaluates_text() -> None:
    found = []
    for path in SOURCES:
        for node in ast.walk(_tree(path)):
            if not isinstance(node, ast.Call):
                continue
            last = getattr(node.func, "attr", getattr(node.func, "id", ""))
            called = ast.unparse(node.func) if last in _FORBIDDEN or "load" in last else last
            if (last in _FORBIDDEN and called not in _ALLOWED) or called in (
                    "yaml.load", "yaml.load_all", "yaml.full_load", "yaml.unsafe_load", "pickle.load", "pickle.loads"):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {called}")
    # JavaScript of the math renderer, our own text
    assert [f for f in found if not f.startswith("generator/mathjax.py:")] == []


def test_the_renderer_runs_no_python() -> None:
    for name in ("mathjax", "mathset", "mathfont"):
        path = ROOT / "generator" / f"{name}.py"
        if path.is_file():
            calls = {ast.unparse(n.func) for n in ast.walk(_tree(path)) if isinstance(n, ast.Call)}
            assert calls.isdisjoint({"eval", "exec", "compile", "__import__"})


def _run(code: str, *flags: str) -> str:
    run = subprocess.run([sys.executable, *flags, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


HEAVY = ("numpy", "sympy", "weasyprint", "scipy", "sklearn", "torch", "pypdf", "quickjs", "rich", "jinja2", "flint")


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["list", "--json"], ["--version"]], ids=" ".join)
def test_start_up_is_light(arguments: list[str]) -> None:
    code = (f"import sys, json\nfrom examwright.cli import main\ntry: main({arguments!r})\nexcept SystemExit as e: assert not e.code\n"
            "print(); print(json.dumps([m for m in sys.modules if '.' not in m]))")
    loaded = set(json.loads(_run(code).splitlines()[-1]))
    assert loaded.isdisjoint(HEAVY), loaded & set(HEAVY)


def test_importing_the_package_loads_nothing_of_it() -> None:
    loaded = json.loads(_run("import examwright, sys, json; print(json.dumps([m for m in sys.modules if m.startswith('examwright')]))"))
    assert loaded == ["examwright"]


def test_practice_does_not_know_the_web() -> None:
    assert [m for p in _files("practice") for _, m in _imports(p) if m.split(".")[0] in ("starlette", "uvicorn", "rich", "click")] == []
    assert [m for p in _files("practice") for _, m in _imports(p) if m.rpartition(".")[2] in RENDERING] == []


def test_marking_does_not_load_rendering() -> None:
    code = ("import sys, examwright\nv = examwright.draw('cnn/pooling', 1)\nexamwright.mark(v, {'pool_parameters': '0'})\n"
            "print([m for m in sys.modules if m in ('weasyprint', 'quickjs', 'quickjax', 'sympy')])")
    assert _run(code).strip() == "[]"


# ---- links and the public surface ------------------------------------------------------------

@pytest.mark.parametrize("name", LINKS)
def test_links_lead_to_the_rooms(name: str) -> None:
    link = ROOT / "src" / "examwright" / name
    assert link.is_symlink() and os.readlink(link) == f"../../{name}" and link.resolve() == ROOT / name


@pytest.mark.parametrize("name", sorted(exact_functions()))
def test_exact_functions_are_documented(name: str) -> None:
    function = exact_functions()[name]
    text = function.__doc__ or ""
    assert len(text) > 3, f"{name} has no docstring"
    module = function.__module__
    if module.startswith("examwright.solvers.exact.") and not module.endswith(".common"):
        assert "Source:" in text, f"{module}.{name}: which formula is this?"


def test_names_are_unique_across_topics() -> None:
    import importlib
    import pkgutil

    from examwright.solvers import exact, numeric

    for package in (exact, numeric):
        seen: dict[str, str] = {}
        for info in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{info.name}")
            for name in module.__all__:
                assert name not in seen, f"{name} stands in {seen[name]} and {info.name}"
                seen[name] = info.name


def test_every_topic_function_has_a_question() -> None:
    """Exact, numeric and design functions that no question uses, nor a function beside them, are dead."""
    solvers = "\n".join(p.read_text(encoding="utf-8") for p in _files("solvers"))
    text = "\n".join(p.read_text(encoding="utf-8") for p in question_paths().values())
    dead = [n for n, f in exact_functions().items()
            if f.__module__.startswith("examwright.solvers.exact.") and not f.__module__.endswith(".common") and n + "(" not in text
            and solvers.count(n + "(") < 2]
    dead += [n for n, f in numeric_functions().items() if not f.__module__.endswith(".common") and n + "(" not in text]
    dead += [n for n in design_functions() if n not in text]
    assert dead == []


def test_every_topic_has_an_oracle_or_a_numeric_solver() -> None:
    for topic in {q.split("/")[0] for q in question_paths()}:
        name = topic.replace("-", "_")
        assert (ROOT / "solvers" / "numeric" / f"{name}.py").is_file(), f"nothing solves {topic} a second time"


# ---- what is built ---------------------------------------------------------------------------

def _wanted() -> set[str]:
    """Every file that has to be in the wheel, as it is called there."""
    out = {f"examwright/{p.name}" for p in (ROOT / "src" / "examwright").glob("*.py")}
    out |= {f"examwright/web/{p.name}" for p in (ROOT / "src" / "examwright" / "web").glob("*.py")}
    for name in LINKS:
        for path in (ROOT / name).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
                out.add(f"examwright/{path.relative_to(ROOT).as_posix()}")
    return out


def test_the_lists_of_pyproject_name_every_file() -> None:
    import tomllib

    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    for target in ("wheel", "sdist"):
        listed = set(build[target]["only-include"])
        assert {f"src/examwright/{p.name}" for p in (ROOT / "src" / "examwright").glob("*.py")} <= listed, target
        assert set(LINKS) <= listed
        missing = [n for n in listed if not (ROOT / n).exists()]
        assert missing == [], f"{target} lists what is not there"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(sdist, wheel), the wheel built from the sdist."""
    out = tmp_path_factory.mktemp("dist")
    run = subprocess.run([sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)],
                         capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return next(out.glob("*.tar.gz")), next(out.glob("*.whl"))


@pytest.mark.slow
def test_the_wheel_holds_every_file(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[1]) as wheel:
        names = {i.filename for i in wheel.infolist()}
        links = [i.filename for i in wheel.infolist() if (i.external_attr >> 16) & 0o170000 == 0o120000]
    inside = {n for n in names if ".dist-info/" not in n}
    assert links == []
    assert _wanted() - inside == set(), "missing in the wheel"
    assert inside - _wanted() == set(), "strangers in the wheel"
    assert {n.split("/")[0] for n in inside} == {"examwright"}


@pytest.mark.slow
def test_the_sdist_holds_every_file_and_the_tests(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as sdist:
        members = sdist.getmembers()
    top = members[0].name.split("/")[0]
    names = {m.name.removeprefix(top + "/") for m in members}
    for name in _wanted():
        bare = name.removeprefix("examwright/")
        assert bare in names or f"src/{name}" in names, f"{name} is missing in the sdist"
    assert {"pyproject.toml", "README.md", "LICENSE", "tests/conftest.py", "tests/test_packaging.py"} <= names
    assert {f"tests/bad_files/{p.name}" for p in (ROOT / "tests" / "bad_files").iterdir()} <= names
    assert not [m.name for m in members if m.issym() or m.islnk()]


@pytest.mark.slow
def test_the_wheel_runs_in_a_fresh_environment(built: tuple[Path, Path], tmp_path: Path) -> None:
    """Installed without the tree: what it lists is what the tree lists, and it can draw, mark and find mistakes."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    bin = home / ("Scripts" if os.name == "nt" else "bin")
    install = subprocess.run([sys.executable, "-m", "pip", "--python", str(bin / "python"), "install", "--no-deps", "--no-index",
                              "--disable-pip-version-check", "-q", str(built[1])], capture_output=True, text=True, check=False)
    assert install.returncode == 0, install.stderr
    site = next((home / "lib").glob("python*")) / "site-packages"
    # the third-party packages of this environment; its .pth files (the editable install) are not read from there
    (site / "others.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV"))}

    def run(*arguments: str) -> str:
        found = subprocess.run([str(bin / arguments[0]), *arguments[1:]], cwd=tmp_path, env=env, capture_output=True, text=True,
                               check=False)
        assert found.returncode == 0, found.stdout + found.stderr
        return found.stdout

    where = run("python", "-c", "import examwright.generator.index as i; print(i.__file__)").strip()
    assert Path(where).is_relative_to(home), "the tree was imported, not the wheel"
    assert [e["id"] for e in json.loads(run("examwright", "list", "--json"))] == list(question_paths())
    assert json.loads(run("examwright", "list", "--bank", "lecture-deck", "--json"))
    shown = json.loads(run("examwright", "show", "cnn/pooling", "--seed", "4", "--json"))
    key = next(p for p in shown["parts"] if p["name"] == "pool_parameters")["key"]["exact"]
    marks = json.loads(run("examwright", "mark", "cnn/pooling", "--seed", "4", "--answer", f"pool_parameters={key}", "--json"))
    assert [m["why"] for m in marks if m["part"] == "pool_parameters"] == ["key"]
    assert "all well" in run("examwright", "check", "cnn/pooling", "--seeds", "2", "--jobs", "1")
