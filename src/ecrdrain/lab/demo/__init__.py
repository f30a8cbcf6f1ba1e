"""The demo: the article's whole story on the lab, every claim of it checked."""

from ecrdrain.lab.demo.account import Account
from ecrdrain.lab.demo.chapters import control, many, nested
from ecrdrain.lab.demo.stage import Stage
from ecrdrain.lab.emulator import Lab

__all__ = ["Stage", "tell_story"]


def tell_story(lab: Lab, stage: Stage) -> None:
    """Tell the story from its beginning to its end; the stage remembers what held."""
    account = Account(lab)
    for chapter in (control, nested, many):
        chapter(account, stage)
