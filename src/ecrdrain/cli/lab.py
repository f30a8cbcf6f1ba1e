"""``ecrdrain lab``: local stand-ins for AWS, to try clients against."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from ecrdrain.cli.interrupts import interruptible
from ecrdrain.lab.ecr import SameCall
from ecrdrain.lab.strict import (
    TOPOLOGIES,
    Fault,
    Order,
    Referrers,
    SettingsError,
    State,
    StrictEcrError,
    serve,
)

# Plain help, as for all other commands.
app = typer.Typer(rich_markup_mode=None)

_BY_OPERATION = "One number for all operations, or OPERATION=NUMBER; may be repeated."


@app.callback()
def lab() -> None:
    """Local stand-ins for AWS, to try clients against."""


@app.command()
def ecr(  # noqa: PLR0913 - one option for each thing that can be set
    *,
    images: Annotated[int, typer.Option(min=0, help="How many images there are.")] = 1_000,
    topology: Annotated[
        str, typer.Option(help=f"What the images are: {', '.join(TOPOLOGIES)}.")
    ] = "buildx",
    repository: Annotated[str, typer.Option(help="The repository's name.")] = "lab",
    public: Annotated[bool, typer.Option("--public", help="In the public registry.")] = False,
    seed: Annotated[
        int, typer.Option(help="Decides digests, shuffled order and which calls fail.")
    ] = 0,
    order: Annotated[Order, typer.Option(help="The order of listings.")] = Order.SHUFFLED,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="The port on 127.0.0.1; 0: a free one.")
    ] = 0,
    rate: Annotated[
        list[str] | None, typer.Option(help=f"Calls a second, then throttled. {_BY_OPERATION}")
    ] = None,
    burst: Annotated[
        list[str] | None, typer.Option(help=f"Calls that may come at once. {_BY_OPERATION}")
    ] = None,
    latency: Annotated[
        list[str] | None, typer.Option(help=f"Seconds that a call takes. {_BY_OPERATION}")
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            help=f"KIND=PROBABILITY, for calls that fail; kinds are {', '.join(Fault)}. "
            "May be repeated.",
        ),
    ] = None,
    deny_from: Annotated[
        list[str] | None,
        typer.Option(help="OPERATION=N: AccessDenied from the N-th call on. May be repeated."),
    ] = None,
    refuse: Annotated[
        list[str] | None,
        typer.Option(
            help="CODE=SHARE or CODE=SHARE:TIMES, for images that BatchDeleteImage refuses: "
            "always, or so many times. May be repeated.",
        ),
    ] = None,
    pushes: Annotated[
        str | None,
        typer.Option(
            help="IMAGES/EVERY/LIMIT: images that arrive after every so many deleted ones, "
            "until the limit."
        ),
    ] = None,
    same_call: Annotated[
        SameCall, typer.Option(help="May one call delete an index and its children?")
    ] = SameCall.SNAPSHOT,
    referrers: Annotated[
        Referrers, typer.Option(help="What happens to referrers when their subject goes.")
    ] = Referrers.STAY,
) -> None:
    """Serve a strict stand-in for Amazon ECR until Ctrl-C.

    It lists, describes, puts and deletes images by ECR's rules and can be slow, throttling,
    faulty and hostile. Everything can be changed while it runs.
    """
    given = {
        "topology": topology,
        "images": images,
        "repository": repository,
        "service": "ecr-public" if public else "ecr",
        "seed": seed,
        "order": order,
    }
    behaviour: dict[str, Any] = {
        "rate": _numbers("--rate", rate),
        "burst": _numbers("--burst", burst),
        "latency": _numbers("--latency", latency),
        "faults": {"*": _numbers("--fault", fault, every=None)},
        "denied_from": _numbers("--deny-from", deny_from, every=None),
        "image_failures": [_refusal(text) for text in refuse or ()],
        "pushes": _pushes(pushes),
        "same_call": same_call,
        "referrers": referrers,
    }

    def ready(url: str) -> None:
        typer.echo(_welcome(url, given))

    try:
        state = serve(given, behaviour, port, ready)
    except SettingsError as error:
        raise typer.BadParameter(str(error)) from error
    except StrictEcrError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(_farewell(state))


def _numbers(
    option: str, texts: Iterable[str] | None, every: str | None = "*"
) -> dict[str, float]:
    """Read NAME=NUMBER; a NUMBER alone is for the name `every`, unless that is None."""
    numbers = {}
    for text in texts or ():
        name, equals, number = text.rpartition("=")
        if not equals and every is None:
            raise typer.BadParameter(f"{text!r} is not NAME=NUMBER", param_hint=option)
        try:
            numbers[name or every or ""] = float(number)
        except ValueError:
            raise typer.BadParameter(f"{number!r} is not a number", param_hint=option) from None
    return numbers


def _refusal(text: str) -> dict[str, Any]:
    code, _, numbers = text.partition("=")
    share, _, times = numbers.partition(":")
    try:
        return {"code": code, "share": float(share), "times": int(times) if times else None}
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not CODE=SHARE or CODE=SHARE:TIMES", param_hint="--refuse"
        ) from None


def _pushes(text: str | None) -> dict[str, int] | None:
    if text is None:
        return None
    try:
        images, every, limit = map(int, text.split("/"))
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not IMAGES/EVERY/LIMIT", param_hint="--pushes"
        ) from None
    return {"images": images, "every": every, "limit": limit}


def _welcome(url: str, given: dict[str, Any]) -> str:
    service, repository = given["service"], given["repository"]
    look = "describe-images" if service == "ecr-public" else "list-images"
    return f"""\
A strict {service} at {url}
Repository {repository}: {given["images"]} images, {given["topology"]}

Point the AWS CLI or an SDK at it:
  export AWS_ENDPOINT_URL={url} AWS_DEFAULT_REGION=us-east-1
  export AWS_ACCESS_KEY_ID=lab AWS_SECRET_ACCESS_KEY=lab
  aws {service} {look} --repository-name {repository} --max-items 10

See what has happened, and change how it behaves:
  curl {url}/_lab/state
  curl {url}/_lab/config -d '{{"rate": {{"BatchDeleteImage": 20}}}}'

Ctrl-C stops it."""


def _farewell(state: State) -> str:
    calls = [
        f"  {operation}: {', '.join(f'{number} {name}' for name, number in outcomes.items())}"
        for operation, outcomes in sorted(state.calls.items())
    ]
    return "\n".join(
        ["", f"Stopped with {state.images} images left. Calls:", *(calls or ["  none"])]
    )


@app.command()
def aws() -> None:
    """Run the local AWS of the demo, without its story, until Ctrl-C.

    It prints what to set in another shell; then every AWS tool talks to it.
    """
    from ecrdrain.lab.emulator import Lab, LabError  # noqa: PLC0415 - imports boto3

    try:
        lab = Lab.start()
    except LabError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(2) from error
    with interruptible(aloud=False) as stop, lab:
        typer.echo(f"A local AWS answers at {lab.endpoint_url}. In another shell:\n")
        for name, value in lab.variables.items():
            typer.echo(f"  export {name}={value}")
        typer.echo("\nCtrl-C ends it, with all that is in it.")
        stop.wait()
