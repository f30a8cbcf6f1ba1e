"""The modules of a package, read as text and parsed, never imported."""

import ast
import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tools.function.errors import BundleError
from tools.function.strip import strip


@dataclass(frozen=True)
class Package:
    """A package by its import name and the place of its source.

    Attributes:
        name: Its name.
        root: Its folder.
        docstrings_from: How many statements a definition must have to keep a line of docstring.
    """

    name: str
    root: Path
    docstrings_from: int = 2

    def summary(self, module: str) -> str:
        """Return the first line of a module's docstring; empty if there is none."""
        file = self.find(module)
        tree = ast.parse(file.read_text(encoding="utf-8") if file else "")
        return (ast.get_docstring(tree) or "").partition("\n")[0]

    def owns(self, module: str) -> bool:
        """Tell whether an absolute module name lies in this package."""
        return module == self.name or module.startswith(f"{self.name}.")

    def find(self, module: str) -> Path | None:
        """Find the source of a module or of a package's ``__init__``; None: there is none."""
        *folders, last = module.split(".")[1:] or ["__init__"]
        folder = self.root
        for name in folders:
            folder = folder / name
        for candidate in (folder / f"{last}.py", folder / last / "__init__.py"):
            if candidate.is_file():
                return candidate
        return None


@dataclass(frozen=True)
class OwnImport:
    """One ``from <own module> import <names>`` at the top of a module."""

    module: str
    names: tuple[str, ...]
    line: int


@dataclass
class Module:
    """A parsed module, split into what is merged and what stays.

    ``body`` is without imports and ``__all__``; ``imports`` maps each name that foreign top-level
    imports bind to these imports: ``import a.b`` and ``import a.c`` bind one name.
    """

    name: str
    rows: list[str]
    body: list[ast.stmt] = field(default_factory=list)
    own: list[OwnImport] = field(default_factory=list)
    imports: dict[str, list[ast.Import | ast.ImportFrom]] = field(default_factory=dict)

    @property
    def defined(self) -> set[str]:
        """The names that the module's own top-level statements bind."""
        return {name for statement in self.body for name in bound_names(statement)}

    @property
    def offered(self) -> set[str]:
        """The names that other modules may import from this one."""
        return self.defined | {name for imported in self.own for name in imported.names}

    def remove(self, owner: ast.ClassDef, member: ast.stmt) -> None:
        """Take a member out of one of the module's classes."""
        owner.body.remove(member)
        rows = rows_of(member)
        for row in rows:
            self.rows[row - 1] = ""
        if not owner.body:
            self.rows[rows[0] - 1] = " " * member.col_offset + "pass"
            owner.body.append(ast.Pass(lineno=rows[0], end_lineno=rows[0]))


def read_module(package: Package, name: str) -> Module:
    """Read, strip and split one module.

    Raises:
        BundleError: There is no source, or it is written in a way that one file cannot hold.
    """
    file = package.find(name)
    if file is None:
        raise BundleError(f"no source for module {name} below {package.root}")
    source = file.read_text(encoding="utf-8")
    stripped = strip(source, name, package.docstrings_from)
    module = Module(name, stripped.split("\n"))
    for statement in ast.parse(stripped).body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            continue
        if isinstance(statement, ast.Import | ast.ImportFrom):
            _take_import(package, module, statement)
        elif "__all__" not in bound_names(statement):
            module.body.append(statement)
    _refuse_hidden_imports(package, module)
    _refuse_shared_rows(module)
    return module


def rows_of(statement: ast.stmt) -> range:
    """Return the rows of a statement, from 1, its decorators included."""
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(each.lineno for each in decorators)])
    return range(first, (statement.end_lineno or first) + 1)


def bound_names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement binds in its own scope."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Import() | ast.ImportFrom():
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0]
        case ast.Name(ctx=ast.Store()):
            yield node.id
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp() | ast.Lambda():
            return
        case _:
            for child in ast.iter_child_nodes(node):
                yield from bound_names(child)


def used_names(nodes: Iterable[ast.AST]) -> set[str]:
    """Collect every name that is read anywhere below the nodes."""
    return {
        node.id
        for top in nodes
        for node in ast.walk(top)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def _take_import(package: Package, module: Module, statement: ast.Import | ast.ImportFrom) -> None:
    place = f"{module.name}, line {statement.lineno}"
    if any(alias.name == "*" for alias in statement.names):
        raise BundleError(f"{place}: import the names, not *")
    if isinstance(statement, ast.ImportFrom):
        if statement.level or statement.module is None:
            raise BundleError(f"{place}: write a relative import as an absolute one")
        if package.owns(statement.module):
            for alias in statement.names:
                if alias.asname not in {None, alias.name}:
                    raise BundleError(
                        f"{place}: {alias.name} as {alias.asname} would need renaming; "
                        "import it by its own name"
                    )
            names = tuple(alias.name for alias in statement.names)
            module.own.append(OwnImport(statement.module, names, statement.lineno))
            return
    elif any(package.owns(alias.name) for alias in statement.names):
        raise BundleError(f"{place}: import names from our modules, not the modules")
    for alias in statement.names:
        single = copy.copy(statement)
        single.names = [alias]
        for name in bound_names(single):
            module.imports.setdefault(name, []).append(single)


def _refuse_hidden_imports(package: Package, module: Module) -> None:
    """Our own modules do not exist in the bundle: no import of them may be left in a body."""
    for statement in module.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Import):
                targets = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                targets = [node.module or package.name]
            else:
                continue
            if any(package.owns(target) for target in targets):
                raise BundleError(
                    f"{module.name}, line {node.lineno}: "
                    "import from our modules at the top of the file, unconditionally"
                )


def _refuse_shared_rows(module: Module) -> None:
    """A statement is written with all its rows: no other may stand in them."""
    last = 0
    for statement in module.body:
        rows = rows_of(statement)
        if rows[0] <= last:
            raise BundleError(f"{module.name}, line {rows[0]}: write one statement a line")
        last = rows[-1]
