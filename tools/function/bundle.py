"""What the Lambda function is made of: the parts of the modules that it needs, in one namespace.

The modules are ordered by their imports. What one namespace cannot hold faithfully (two
definitions of one name, an alias, a hidden import) is an error, so the result behaves as the
package does. What the function never reaches is left out, because a template may have 51,200
bytes; nothing is renamed or squeezed, because people will read it in their templates.
"""

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from tools.function.errors import BundleError
from tools.function.modules import Module, Package, bound_names, read_module, used_names


@dataclass(frozen=True)
class Part:
    """What the function needs of one module: some of its statements, without idle methods."""

    module: Module
    statements: list[ast.stmt]


@dataclass(frozen=True)
class Bundle:
    """The function's parts, and the import lines that they need."""

    imports: list[str]
    parts: list[Part]


def bundle(package: Package, entry: str, function: str) -> Bundle:
    """Gather what a function needs of the module that defines it and of all that this imports.

    Args:
        package: Where the source is.
        entry: The absolute name of the module that holds the function.
        function: What must be in the result; whatever it does not need is left out.

    Raises:
        BundleError: The modules cannot share one namespace; the message names the place.
    """
    modules = _by_room(_in_import_order(package, entry))
    if function not in modules[-1].defined:
        raise BundleError(f"{entry} does not define {function}")
    _refuse_clashes(modules)
    kept = _needed(modules, function)
    parts = [Part(module, [each for each in module.body if each in kept]) for module in modules]
    used = used_names(kept)
    foreign = [
        statement
        for module in modules
        for name, statements in module.imports.items()
        for statement in statements
        if name in used
    ]
    return Bundle(_imports(foreign), [part for part in parts if part.statements])


def _in_import_order(package: Package, entry: str) -> list[Module]:
    """List the entry and what it imports, each module after all it imports from."""
    done: dict[str, Module] = {}

    def visit(name: str, path: tuple[str, ...]) -> Module:
        if name in path:
            raise BundleError(f"import cycle: {' -> '.join([*path, name])}")
        if name in done:
            return done[name]
        module = read_module(package, name)
        for imported in module.own:
            offered = visit(imported.module, (*path, name)).offered
            for wanted in imported.names:
                if wanted not in offered:
                    raise BundleError(
                        f"{name}, line {imported.line}: {imported.module} does not define "
                        f"{wanted}; import names from the module that defines them"
                    )
        done[name] = module
        return module

    visit(entry, ())
    return list(done.values())


def _by_room(modules: list[Module]) -> list[Module]:
    """Let the modules of a room stand together, after the rooms that they import from."""
    sorter = TopologicalSorter[str]()
    for module in modules:
        rooms = {room_of(imported.module) for imported in module.own}
        sorter.add(room_of(module.name), *sorted(rooms - {room_of(module.name)}))
    try:
        order = list(sorter.static_order())
    except CycleError as error:
        raise BundleError(f"rooms import each other: {' -> '.join(error.args[1])}") from error
    return sorted(modules, key=lambda module: order.index(room_of(module.name)))


def room_of(module: str) -> str:
    """Return the folder below the package that a module lies in; empty: in none."""
    return ".".join(module.split(".")[1:2])


def _refuse_clashes(modules: list[Module]) -> None:
    """See that every name means one thing in all modules."""
    meaning: dict[str, tuple[str, str]] = {}
    for module in modules:
        meanings = {name: _imported(statements[-1]) for name, statements in module.imports.items()}
        meanings |= dict.fromkeys(module.defined, f"definition in {module.name}")
        for name, means in meanings.items():
            if name in vars(builtins):
                raise BundleError(f"{module.name} redefines the builtin {name}; rename it")
            known, where = meaning.setdefault(name, (means, module.name))
            if known != means:
                raise BundleError(
                    f"{name} means two things: {where} and {module.name} both bind it; rename one"
                )


def _imported(statement: ast.Import | ast.ImportFrom) -> str:
    """Say what an import of one name binds it to: ``import a.b`` binds a package."""
    (alias,) = statement.names
    if isinstance(statement, ast.Import) and alias.asname is None:
        return f"import {alias.name.partition('.')[0]}"
    return ast.unparse(statement)


def _needed(modules: list[Module], function: str) -> list[ast.stmt]:
    """Keep what the function reaches, and take the methods that nothing mentions out of it."""
    while True:
        kept = _reachable([each for module in modules for each in module.body], function)
        mentioned = set(_mentioned(kept))
        idle = [
            (module, owner, member)
            for module in modules
            for owner in module.body
            if owner in kept and isinstance(owner, ast.ClassDef) and _is_plain(owner)
            for member in owner.body
            if isinstance(member, ast.FunctionDef)
            and not member.name.startswith("__")
            and member.name not in mentioned
        ]
        if not idle:
            return kept
        for module, owner, member in idle:
            module.remove(owner, member)


def _is_plain(owner: ast.ClassDef) -> bool:
    """Tell whether Python calls no methods of a class but those with underscores."""
    return all(ast.unparse(base) == "NamedTuple" for base in owner.bases)


def _reachable(statements: list[ast.stmt], function: str) -> list[ast.stmt]:
    """Keep the function, all that it uses, and every statement that does more than bind names."""
    ours = {name for statement in statements for name in bound_names(statement)}
    wanted = {function}
    kept: set[int] = set()
    while True:
        new = [
            index
            for index, statement in enumerate(statements)
            if index not in kept
            and (_acts(statement, ours) or not wanted.isdisjoint(bound_names(statement)))
        ]
        if not new:
            return [statements[index] for index in sorted(kept)]
        kept.update(new)
        wanted |= used_names(statements[index] for index in new)


def _mentioned(statements: list[ast.stmt]) -> Iterator[str]:
    """Yield what is read off an object, and every text: it may be the name of an attribute."""
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Attribute):
                yield node.attr
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _acts(statement: ast.stmt, ours: set[str]) -> bool:
    """Tell whether a statement matters without being named: a call, or a decorator of ours."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return not ours.isdisjoint(used_names(statement.decorator_list))
    return next(bound_names(statement), None) is None


def _imports(statements: Iterable[ast.Import | ast.ImportFrom]) -> list[str]:
    """Merge the imports: ``import`` lines first, then one ``from`` line a module, all sorted."""
    plain: set[str] = set()
    members: dict[str, set[str]] = {}
    for statement in statements:
        names = {ast.unparse(alias) for alias in statement.names}
        if isinstance(statement, ast.Import):
            plain |= names
        else:
            members.setdefault(statement.module or "", set()).update(names)
    lines = [f"import {name}" for name in sorted(plain)]
    lines += [f"from {name} import {', '.join(sorted(members[name]))}" for name in sorted(members)]
    return lines
