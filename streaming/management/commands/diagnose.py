from __future__ import annotations

import itertools
import json
import sys
import textwrap
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from cameras.addresses import agreed, split_address
from cameras.findings import Finding, Grade, cause, in_order, worst
from cameras.models import Camera, Diagnosis, Stream
from cameras.stream_url import Credentials
from streaming import diagnoses
from streaming.doctor.camera import Patient
from streaming.doctor.examination import QUICK, THOROUGH, Progress, Target

_WIDTH = 100
_SIGNS = {Grade.GOOD: "good", Grade.LOOK: "look", Grade.BAD: "BAD ", Grade.NOT_REACHED: "-   "}
_HEADS = {"": "The camera", "main": "Main stream", "sub": "Sub stream"}


class Command(BaseCommand):
    help = (
        "Examines a camera, layer by layer, and says what is wrong and what to change. Ends with 0 when the camera works, with 1 when "
        "something is bad. The diagnosis of a camera of this NVR is kept beside those made on its page."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("camera", metavar="CAMERA-OR-URL", help="the short name of a camera of this NVR, or an rtsp:// address")
        parser.add_argument("--sub", default="", metavar="URL", help="with an address: its sub stream")
        parser.add_argument("--username", default="", help="with an address")
        parser.add_argument("--password-stdin", action="store_true", help="with an address: read the password from the standard input")
        parser.add_argument("--transport", choices=Stream.Transport.values, default=Stream.Transport.TCP.value, help="with an address")
        parser.add_argument("--verify-tls", action="store_true", help="with an address: refuse a certificate no authority signed")
        parser.add_argument(
            "--quick", action="store_true", help="with an address: three seconds of watching instead of ten or more, and no ONVIF"
        )
        parser.add_argument("--json", action="store_true", help="the findings as JSON, at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            findings = self._url(options) if "://" in options["camera"] else self._camera(options)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        except diagnoses.TooMany as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps([finding.to_json() for finding in findings], indent=1))
        else:
            self._sum_up(findings)
        if worst(findings) is Grade.BAD:
            sys.exit(1)

    def _camera(self, options: dict[str, Any]) -> list[Finding]:
        camera = Camera.objects.filter(slug=options["camera"]).first()
        if camera is None:
            known = ", ".join(Camera.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"there is no camera {options['camera']}; those of this NVR: {known}")
        patient = diagnoses.patient_of(camera)
        diagnosis, is_new = diagnoses.begin(camera, None)
        if not is_new:
            raise CommandError("this camera is being examined just now; try again in half a minute")
        self._follow(diagnoses.carry_out(diagnosis, patient), is_quiet=options["json"])
        diagnosis.refresh_from_db()
        if not options["json"]:
            self._compare(diagnosis)
        return list(diagnosis.findings)

    def _url(self, options: dict[str, Any]) -> list[Finding]:
        password = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else ""
        main, in_main = split_address(options["camera"])
        addresses = {"main": main}
        given = [Credentials(options["username"], password), in_main]
        if options["sub"]:
            addresses["sub"], in_sub = split_address(options["sub"])
            given.append(in_sub)
        credentials = agreed(given)
        targets = {role: Target(address, credentials, options["transport"], options["verify_tls"]) for role, address in addresses.items()}
        patient = Patient(targets, has_onvif_looked_at=not options["quick"])
        following = diagnoses.examining(patient, QUICK if options["quick"] else THOROUGH)
        for step in following:
            if step is not None:
                self._show(step, is_quiet=options["json"])
        return list(following.result.findings)

    def _follow(self, steps: Iterator[Finding | Progress], *, is_quiet: bool) -> None:
        for step in steps:
            self._show(step, is_quiet=is_quiet)

    def _show(self, step: Finding | Progress, *, is_quiet: bool) -> None:
        """A line per finding as it comes, on the standard error: the ordered account follows at the end."""
        if not is_quiet and isinstance(step, Finding) and step.grade is not Grade.NOT_REACHED:
            self.stderr.write(f"… {step.stream or 'camera'}: {step.title}: {step.grade}", ending="\n", style_func=str)

    def _sum_up(self, findings: list[Finding]) -> None:
        for stream, its in itertools.groupby(in_order(findings), key=lambda finding: finding.stream):
            self.stdout.write(f"\n{_HEADS.get(stream, stream)}")
            self._list(list(its))
        first, grade = cause(findings), worst(findings)
        verdict = {Grade.GOOD: "All is well.", Grade.LOOK: "It works. Worth a look first", Grade.BAD: "To mend first"}
        self.stdout.write("")
        self._write("", verdict.get(grade, "Nothing was reached.") + (f": {first.title}. {first.text}" if first is not None else ""))

    def _list(self, findings: list[Finding]) -> None:
        """What was not reached because of one and the same failure is one line."""
        unreached = [finding for finding in findings if finding.grade is Grade.NOT_REACHED and finding.is_behind_a_failure]
        for finding in findings:
            if finding in unreached:
                continue
            self._write(f"  {_SIGNS[finding.grade]}  {finding.title}: ", finding.text)
            for words in (finding.meaning, finding.advice and f"→ {finding.advice}"):
                if words:
                    self._write("        ", words)
        if unreached:
            self._write(f"  {_SIGNS[Grade.NOT_REACHED]}  ", f"Not reached: {', '.join(finding.title for finding in unreached)}.")

    def _compare(self, diagnosis: Diagnosis) -> None:
        comparison = diagnoses.since_it_worked(diagnosis)
        if comparison.before is None or not comparison.changes:
            return
        self.stdout.write(f"\nChanged since {comparison.before.started_at:%Y-%m-%d %H:%M}, when it worked")
        for change in comparison.changes:
            self._write(f"  {change.title}: ", f"{change.before} → {change.after}")

    def _write(self, head: str, words: str) -> None:
        indent = " " * (len(head) - len(head.lstrip()) if head.strip() else len(head)) + ("      " if head.strip() else "")
        self.stdout.write(textwrap.fill(head + words, _WIDTH, subsequent_indent=indent))
