"""Checks docker-compose.yml as far as it can be without Docker: check_compose.py FILE

It is YAML, what it refers to exists, every image has a version, and the worker can be scaled.
"""

import pathlib
import sys

import yaml


def problems(file):
    document = yaml.safe_load(file.read_text())
    services, volumes = document["services"], document.get("volumes", {})
    # An image that is built here has a health check of its own.
    built = {service["image"] for service in services.values() if "build" in service}
    for name, service in services.items():
        version = service["image"].rpartition(":")[2] if ":" in service["image"] else "latest"
        if version == "latest":
            yield f"{name}: the image {service['image']} has no version"
        for other, condition in service.get("depends_on", {}).items():
            if other not in services:
                yield f"{name}: depends on {other}, which does not exist"
            elif condition["condition"] == "service_healthy" and not (
                "healthcheck" in services[other] or services[other]["image"] in built
            ):
                yield f"{name}: {other} has no health check"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            exists = (file.parent / source).is_file() if source.startswith(".") else source in volumes
            if not exists:
                yield f"{name}: the volume {source} does not exist"
    for key in {"container_name", "ports"} & services["worker"].keys():
        yield f"worker: {key} keeps it from being scaled"


def main(file):
    found = list(problems(pathlib.Path(file)))
    for problem in found:
        print(f"error: {file}: {problem}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
