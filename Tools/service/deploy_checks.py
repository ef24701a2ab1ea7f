# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""What linters do not see in the files of Deploy: names that must agree. Called by check-deploy.sh.

deploy_checks.py references FOLDER               Kubernetes and compose name only what is there
deploy_checks.py flags FOLDER HELP               the service's arguments are those that `glyph serve --help` lists
deploy_checks.py packages FOLDER PROGRAM…        the image installs what the programs load
"""

import glob
import os
import re
import subprocess
import sys

import dockerfile_parse
import yaml


def documents(folder):
    for path in sorted(glob.glob(f"{folder}/kubernetes/*.yaml")):
        with open(path) as file:
            yield from ((os.path.basename(path), value) for value in yaml.safe_load_all(file))


def references(folder):
    """Selectors, ports, claims, mounts and networks that lead nowhere."""
    found = list(documents(folder))
    pods = [value["spec"]["template"] for _, value in found if value["kind"] == "Deployment"]
    claims = {value["metadata"]["name"] for _, value in found if value["kind"] == "PersistentVolumeClaim"}
    targets = {(value["kind"], value["metadata"]["name"]) for _, value in found}

    def selected(labels):
        return [pod for pod in pods if labels.items() <= pod["metadata"]["labels"].items()]

    def ports(pod):
        return {
            port[key] for box in pod["spec"]["containers"] for port in box["ports"] for key in ("name", "containerPort")
        }

    for name, value in found:
        kind, spec = value["kind"], value["spec"]
        where = f"{name}: {kind} {value['metadata']['name']}"
        if kind == "Service":
            for port in spec["ports"]:
                if not any(port["targetPort"] in ports(pod) for pod in selected(spec["selector"])):
                    yield f"{where}: no pod has port {port['targetPort']}"
        if kind in ("Deployment", "PodDisruptionBudget") and not selected(spec["selector"]["matchLabels"]):
            yield f"{where}: its selector matches no pod"
        if kind == "HorizontalPodAutoscaler":
            target = spec["scaleTargetRef"]
            if (target["kind"], target["name"]) not in targets:
                yield f"{where}: there is no {target['name']}"
        if kind == "NetworkPolicy":
            peers = [spec] + [peer for rule in spec.get("ingress", []) for peer in rule["from"]]
            peers += [peer for rule in spec.get("egress", []) for peer in rule["to"]]
            for labels in (peer.get("podSelector", {}).get("matchLabels") for peer in peers):
                if labels and not selected(labels):
                    yield f"{where}: {labels} matches no pod"
        if kind == "Deployment":
            pod = spec["template"]["spec"]
            volumes = {volume["name"]: volume for volume in pod["volumes"]}
            for volume in volumes.values():
                claim = volume.get("persistentVolumeClaim", {}).get("claimName")
                if claim and claim not in claims:
                    yield f"{where}: there is no claim {claim}"
            for box in pod["containers"]:
                for mount in box["volumeMounts"]:
                    if mount["name"] not in volumes:
                        yield f"{where}: there is no volume {mount['name']}"
                for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                    if box[probe]["httpGet"]["port"] not in ports(spec["template"]):
                        yield f"{where}: {probe} asks a port that is not there"
                for argument in box["args"]:
                    host = re.match(r"--endpoint=http://([^:/]+)", argument)
                    if host and ("Service", host[1]) not in targets:
                        yield f"{where}: there is no Service {host[1]}"

    with open(f"{folder}/compose.yaml") as file:
        compose = yaml.safe_load(file)
    stages = [value.split()[-1] for value in instructions(folder, "FROM")]
    for name, service in compose["services"].items():
        for network in service.get("networks", []):
            if network not in compose["networks"]:
                yield f"compose.yaml: {name}: there is no network {network}"
        for volume in service.get("volumes", []):
            if volume.split(":")[0] not in compose["volumes"]:
                yield f"compose.yaml: {name}: there is no volume {volume}"
        if "build" in service and service["build"]["target"] not in stages:
            yield f"compose.yaml: {name}: the Dockerfile has no stage {service['build']['target']}"
        for argument in service.get("command", []):
            host = re.match(r"--endpoint=http://([^:/]+)", argument)
            if host and not set(service["networks"]) & set(compose["services"].get(host[1], {}).get("networks", [])):
                yield f"compose.yaml: {name} cannot reach {host[1]}"


def commands(folder):
    """The arguments of `glyph serve` in every file."""
    for name, value in documents(folder):
        if value["kind"] == "Deployment":
            yield from ((name, box["args"]) for box in value["spec"]["template"]["spec"]["containers"])
    with open(f"{folder}/compose.yaml") as file:
        yield from (
            ("compose.yaml", service.get("command", [])) for service in yaml.safe_load(file)["services"].values()
        )
    with open(f"{folder}/glyph.service") as file:
        yield from (("glyph.service", line.split()[1:]) for line in file if line.startswith("ExecStart="))
    yield "Dockerfile", re.findall(r'"([^"]*)"', instructions(folder, "CMD")[-1])


def flags(folder, help_text):
    """Arguments that the service does not know."""
    number = 0
    for name, arguments in commands(folder):
        if arguments[:1] != ["serve"]:
            continue
        number += 1
        for argument in arguments[1:]:
            flag = argument.split("=")[0]
            if flag.startswith("--") and not re.search(rf"(^|[\s,]){flag}([\s,]|$)", help_text):
                yield f"{name}: 'glyph serve' has no {flag}"
    if number < 4:
        yield f"only {number} commands of 'glyph serve' found"


def instructions(folder, name):
    with open(f"{folder}/Dockerfile", "rb") as file:
        parser = dockerfile_parse.DockerfileParser(fileobj=file)
        return [line["value"] for line in parser.structure if line["instruction"] == name]


def packages(folder, programs):
    """Libraries that the image would not have."""
    installed = {
        word
        for line in instructions(folder, "RUN")
        if "apt-get install" in line
        for word in line.split("apt-get install", 1)[1].split("&&")[0].split()
    }
    system = {"libc6", "libgcc-s1"}  # of the base image
    libraries = set()
    for program in programs:
        needed = subprocess.run(["readelf", "-d", program], capture_output=True, text=True, check=True).stdout
        libraries |= set(re.findall(r"NEEDED.*\[(.*)\]", needed))
    # Loaded by name while the program runs, and programs that are started.
    for path in glob.glob("Sources/C*/*.c"):
        with open(path) as file:
            libraries |= set(re.findall(r'dlopen\("([^"]+)"', file.read()))
    for library in sorted(libraries):
        paths = [f"{place}/x86_64-linux-gnu/{library}" for place in ("/lib", "/usr/lib")]
        if not os.path.exists(paths[0]):
            if library not in ("libCTorch.so", "libswiftCore.so") and not library.startswith("ld-linux"):
                yield f"{library} is not on this machine"
            continue
        # Packages from before the two folders became one know the first name only.
        owners = subprocess.run(["dpkg", "-S", *paths, *map(os.path.realpath, paths)], capture_output=True, text=True)
        owner = owners.stdout.split(":")[0]
        if owner not in installed | system:
            yield f"the image lacks {owner} with {library}"


check, folder, *rest = sys.argv[1:]
match check:
    case "references":
        faults = references(folder)
    case "flags":
        faults = flags(folder, rest[0])
    case "packages":
        faults = packages(folder, rest)
faults = list(faults)
print("\n".join(faults))
sys.exit(1 if faults else 0)
