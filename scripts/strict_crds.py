"""Checks custom resources against the schemas of their CustomResourceDefinitions; a field that the schema lacks is an error.

    strict_crds.py DIRECTORY_OF_CRDS MANIFESTS...

A kind without a definition in the directory is named and skipped, unless Kubernetes itself defines it.
"""

import pathlib
import sys

import jsonschema
import yaml

# Groups of Kubernetes itself, which kubernetes-validate checks: all others have a dot that is not of k8s.io.
BUILT_IN = ("", "apps", "batch", "policy", "autoscaling")


def strict(schema):
    """The schema as JSON Schema, closed: like `kubectl apply --validate=strict`."""
    if not isinstance(schema, dict):
        return schema
    schema = dict(schema)
    if schema.pop("x-kubernetes-int-or-string", False):
        return {"type": ["integer", "string"]}
    open_ended = schema.pop("x-kubernetes-preserve-unknown-fields", False)
    if schema.pop("nullable", False) and "type" in schema:
        schema["type"] = [schema["type"], "null"]
    for key in ("items", "additionalProperties"):
        if key in schema:
            schema[key] = strict(schema[key])
    if "properties" in schema:
        schema["properties"] = {name: strict(value) for name, value in schema["properties"].items()}
        if not open_ended:
            schema.setdefault("additionalProperties", False)
    return schema


def definitions(directory):
    """Schemas by (apiVersion, kind)."""
    found = {}
    for path in sorted(pathlib.Path(directory).glob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text()):
            if not document or document.get("kind") != "CustomResourceDefinition":
                continue
            spec = document["spec"]
            for version in spec["versions"]:
                schema = strict(version["schema"]["openAPIV3Schema"])
                # Of every object, and not spelled out in a definition.
                schema["properties"]["metadata"] = {"type": "object"}
                found[f"{spec['group']}/{version['name']}", spec["names"]["kind"]] = schema
    return found


def main(directory, *manifests):
    schemas, errors, checked, skipped = definitions(directory), 0, 0, set()
    for manifest in manifests:
        for document in yaml.safe_load_all(pathlib.Path(manifest).read_text()):
            kind = document["apiVersion"], document["kind"]
            group = kind[0].rpartition("/")[0]
            if group in BUILT_IN or group.endswith(".k8s.io"):
                continue
            if kind not in schemas:
                skipped.add("/".join(kind))
                continue
            checked += 1
            for error in jsonschema.Draft202012Validator(schemas[kind]).iter_errors(document):
                errors += 1
                path = ".".join(map(str, error.path))
                print(f"{manifest}: {kind[1]} {document['metadata']['name']}: {path}: {error.message}", file=sys.stderr)
    for kind in sorted(skipped):
        print(f"skipped: {kind}: no definition in {directory}", file=sys.stderr)
    print(f"{checked} custom resources checked, {errors} errors", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
