"""The modules of a package, read as text and parsed, never imported."""

import ast
import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable

from ecrdrain.templates.errors import TemplateError


@dataclass(frozen=True)
class Package:
    """A package by its import name and the place of its source."""

    name: str
    root: Traversable

    def owns(self, module: str) -> bool:
        """Tell whether an absolute module name lies in this package."""
        return module == self.name or module.startswith(f"{self.name}.")

    def find(self, module: str) -> Traversable | None:
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

    ``body`` is without imports, ``__all__`` and what does nothing when it runs; ``imports`` maps
    each name that foreign top-level imports bind to these imports: ``import a.b`` and
    ``import a.c`` bind one name.
    """

    name: str
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


def read_module(package: Package, name: str) -> Module:
    """Read and split one module.

    Raises:
        TemplateError: There is no source, or it imports in a way that one namespace cannot hold.
    """
    file = package.find(name)
    if file is None:
        raise TemplateError(
            f"no source for module {name} below {package.root}; "
            "install ecrdrain with its .py files (a wheel has them)"
        )
    module = Module(name)
    for statement in _at_run_time(ast.parse(file.read_text(encoding="utf-8")).body):
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            continue
        if isinstance(statement, ast.Import | ast.ImportFrom):
            _take_import(package, module, statement)
        elif "__all__" not in bound_names(statement):
            kept = _RunTimeOnly().visit(statement)
            module.body.extend([kept] if kept else [])
    _refuse_hidden_imports(package, module)
    return module


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


def _at_run_time(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run: no docstring, no block for type checkers."""
    for statement in statements:
        if isinstance(statement, ast.If) and ast.unparse(statement.test) in {
            "TYPE_CHECKING",
            "typing.TYPE_CHECKING",
        }:
            yield from _at_run_time(statement.orelse)
        elif not _is_docstring(statement):
            yield statement


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


class _RunTimeOnly(ast.NodeTransformer):
    """Drops docstrings and annotations; a class's fields keep theirs, for dataclasses."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if getattr(node, "body", None) == []:
            vars(node)["body"] = [ast.Pass()]
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if _is_docstring(node) else self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        body = [
            part if isinstance(part, ast.AnnAssign) else self.visit(part) for part in node.body
        ]
        node.body = [part for part in body if part is not None] or [ast.Pass()]
        return node


def _take_import(package: Package, module: Module, statement: ast.Import | ast.ImportFrom) -> None:
    place = f"{module.name}, line {statement.lineno}"
    if any(alias.name == "*" for alias in statement.names):
        raise TemplateError(f"{place}: import the names, not *")
    if isinstance(statement, ast.ImportFrom):
        if statement.level or statement.module is None:
            raise TemplateError(f"{place}: write a relative import as an absolute one")
        if package.owns(statement.module):
            for alias in statement.names:
                if alias.asname not in {None, alias.name}:
                    raise TemplateError(
                        f"{place}: {alias.name} as {alias.asname} would need renaming; "
                        "import it by its own name"
                    )
            names = tuple(alias.name for alias in statement.names)
            module.own.append(OwnImport(statement.module, names, statement.lineno))
            return
    elif any(package.owns(alias.name) for alias in statement.names):
        raise TemplateError(f"{place}: import names from our modules, not the modules")
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
                raise TemplateError(
                    f"{module.name}, line {node.lineno}: "
                    "import from our modules at the top of the file, unconditionally"
                )
