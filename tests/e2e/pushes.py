"""What people push with, none of it written here: skopeo, buildah, umoci and oras.

Images, layouts and storage stay in the test's folder.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import oras.client
import oras.oci
import pytest

from ecrdrain.lab import multi_platform_image
from ecrdrain.lab.ecr.manifests import DOCKER_MANIFEST_LIST, OCI_INDEX, OCI_MANIFEST
from ecrdrain.lab.images import write_oci_layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ecrdrain.lab import BuiltImage

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


@dataclass(frozen=True)
class Push:
    """A push by a program.

    Attributes:
        program: What pushes to `HOST:PORT/REPOSITORY`, with a folder to work in.
        manifests: How many manifests of which media type the repository holds afterwards.
        tags: The tags that it holds afterwards.
    """

    program: Callable[[str, Path], None]
    manifests: dict[str, int]
    tags: set[str]

    @property
    def images(self) -> int:
        """How many images that makes."""
        return sum(self.manifests.values())


def run(program: str, *arguments: object) -> str:
    """Run a program, return what it printed, and fail with that if it fails."""
    found = shutil.which(program)
    if found is None:
        pytest.fail(f"{program} is missing: apt-get install {program}")
    done = subprocess.run(  # noqa: S603 - arguments of our own
        [found, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail(f"{program} {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


def copy_layout(layout: Path, tag: str, repository: str) -> None:
    """Let skopeo push an image of an OCI layout, whatever it lists along with it."""
    run(
        *("skopeo", "--insecure-policy", "copy", "--all", "--dest-tls-verify=false"),
        *(f"oci:{layout}:{tag}", f"docker://{repository}:{tag}"),
    )


def push_with_skopeo(repository: str, folder: Path, image: BuiltImage | None = None) -> None:
    """Push a multi-platform image with attestations, tagged `latest`."""
    write_oci_layout(image or multi_platform_image("skopeo"), folder, "latest")
    copy_layout(folder, "latest", repository)


def push_with_buildah(repository: str, folder: Path) -> None:
    """Build an image for two platforms, and push it twice: as Docker's and as OCI's formats.

    The storage driver that copies files (vfs) needs no mount: neither root nor a kernel with
    overlays is asked for.
    """
    storage = ("--root", folder / "root", "--runroot", folder / "run", "--storage-driver", "vfs")

    def buildah(*arguments: object) -> str:
        return run("buildah", *storage, *arguments)

    file = folder / "file"
    file.write_text("buildah")
    buildah("manifest", "create", "both")
    for architecture in ("amd64", "arm64"):
        container = buildah("from", "--arch", architecture, "scratch")
        buildah("copy", container, file, f"/{architecture}")
        buildah("commit", "--rm", container, f"image:{architecture}")
        buildah("manifest", "add", "both", f"containers-storage:localhost/image:{architecture}")
    for form in ("v2s2", "oci"):
        target = f"docker://{repository}:{form}"
        buildah(
            "manifest", "push", "--all", "--format", form, "--tls-verify=false", "both", target
        )


def push_with_umoci(repository: str, folder: Path) -> None:
    """Make an image, give it a second name, change a third one, and push all three by skopeo."""
    layout, layer = folder / "layout", folder / "layer.tar"
    with tarfile.open(layer, "w") as archive:
        archive.addfile(tarfile.TarInfo("file"), io.BytesIO())
    run("umoci", "init", "--layout", layout)
    run("umoci", "new", "--image", f"{layout}:one")
    run("umoci", "raw", "add-layer", "--image", f"{layout}:one", layer)
    run("umoci", "tag", "--image", f"{layout}:one", "same")
    run("umoci", "config", "--image", f"{layout}:one", "--tag", "other", "--config.env", "A=b")
    for tag in ("one", "same", "other"):
        copy_layout(layout, tag, repository)


def push_with_oras(repository: str, folder: Path) -> None:
    """Push a file as an artifact, and another one that refers to it as its subject.

    This is the ORAS project's client for Python; its command is not among Debian 12's packages.
    """
    client = oras.client.OrasClient(insecure=True)
    client.session.trust_env = False  # no proxy of the user's
    file = folder / "file"
    file.write_text("oras")
    pushed = client.push(f"{repository}:file", files=[file], disable_path_validation=True)
    manifest = pushed.request.body
    subject = oras.oci.Subject(
        OCI_MANIFEST, pushed.headers["Docker-Content-Digest"], len(manifest)
    )
    client.push(
        f"{repository}:signature",
        files=[file],
        disable_path_validation=True,
        subject=subject,
    )
    client.session.close()


PUSHES = {
    "skopeo": Push(push_with_skopeo, {OCI_INDEX: 1, OCI_MANIFEST: 4}, {"latest"}),
    "buildah": Push(
        push_with_buildah,
        {DOCKER_MANIFEST_LIST: 1, DOCKER_MANIFEST: 2, OCI_INDEX: 1, OCI_MANIFEST: 2},
        {"v2s2", "oci"},
    ),
    "umoci": Push(push_with_umoci, {OCI_MANIFEST: 2}, {"one", "same", "other"}),
    "oras": Push(push_with_oras, {OCI_MANIFEST: 2}, {"file", "signature"}),
}
