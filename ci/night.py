"""The frame of a night: time, processes, results that are kept whatever happens. ci/nightly fills it with stages."""

import collections
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import fuzzing

EXIT = {"violated": 1, "inconclusive": 2, "vacuous": 3, "holds": 0, "skipped": 0}
ORDER = ["violated", "inconclusive", "vacuous", "holds", "skipped"]
BUILD_SECONDS = 3600
Job = collections.namedtuple("Job", "name command seconds environment log")


class Stopped(Exception):
    """Somebody asked the night to end."""


class Night:
    """Runs processes side by side until their time is over, and keeps the results of stages."""

    def __init__(self, output, jobs):
        self.output, self.jobs = output, jobs
        self.results, self.running = [], []
        self.stopped = False
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, self._stop)
        output.mkdir(parents=True, exist_ok=True)

    def _stop(self, *_):
        self.stopped = True

    def progress(self, text):
        if sys.stdout.isatty():
            width = shutil.get_terminal_size().columns
            print(f"\r\033[K  … {text}"[:width + 6], end="", flush=True)

    def run_all(self, what, jobs):
        """Runs `jobs`, as many at once as there are processors; yields each with its exit status, None: ended by us.

        Where the night is stopped, those that run are ended and yielded, and the others are left out.
        """
        waiting = collections.deque(jobs)
        total, done = len(waiting), 0
        self.running = []
        try:
            while waiting or self.running:
                while waiting and len(self.running) < self.jobs and not self.stopped:
                    job = waiting.popleft()
                    self.running.append((job, self._start(job), time.monotonic()))
                for entry in list(self.running):
                    job, process, began = entry
                    late = time.monotonic() - began > job.seconds
                    if process.poll() is None and not late and not self.stopped:
                        continue
                    self.running.remove(entry)
                    ended = process.poll()
                    fuzzing.end(process)
                    done += 1
                    yield job, ended
                if self.stopped and not self.running:
                    return
                self.progress(f"{what}: {done} of {total} done; running {', '.join(job.name for job, *_ in self.running)}")
                time.sleep(0.1)
        finally:
            for _, process, _ in self.running:
                fuzzing.end(process)
            self.running = []

    def _start(self, job):
        job.log.parent.mkdir(parents=True, exist_ok=True)
        with job.log.open("wb") as log:
            return subprocess.Popen([str(part) for part in job.command], stdin=subprocess.DEVNULL, stdout=log,
                                    stderr=subprocess.STDOUT, env={**os.environ, **job.environment}, cwd=fuzzing.ROOT,
                                    start_new_session=True)

    def build(self, preset, *targets):
        """Configures and builds, and can be stopped in it; the time for it is nobody's."""
        for step, command in fuzzing.build_commands(preset, *targets).items():
            log = self.output / "logs" / f"build-{preset}-{step}.log"
            for job, status in self.run_all("build", [Job(preset, command, BUILD_SECONDS, {}, log)]):
                if self.stopped:
                    raise Stopped
                if status != 0:
                    raise fuzzing.Failure(f"{job.name}: {step} failed, see {log}")

    def run_stage(self, name, stage, seconds):
        """Runs one stage; its result is written at once. False where the night was stopped in it."""
        began = time.monotonic()
        result = {"stage": name, "verdict": "inconclusive", "detail": "", "findings": []}
        try:
            result.update(stage(self, seconds))
        except Stopped:
            pass
        except (fuzzing.Failure, OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
            result["detail"] = str(error)
        if self.stopped:
            result["detail"] = f"stopped before its end; {result['detail']}".rstrip("; ")
            if result["verdict"] != "violated":
                result["verdict"] = "inconclusive"
        result["seconds"] = round(time.monotonic() - began, 1)
        self.results.append(result)
        self.write()
        self.progress("")
        if sys.stdout.isatty():
            print("\r\033[K", end="")
        print(f"  {result['verdict']:12} {name:12} {result['seconds']:7.1f} s  {result['detail']}", flush=True)
        for finding in result["findings"]:
            print(f"      {finding['property']}: {finding['detail']}: {finding['file']}", flush=True)
        return not self.stopped

    def write(self):
        text = json.dumps({"schema": 1, "command": "nightly", "results": self.results}, indent=1, ensure_ascii=False)
        part = self.output / "results.json.part"
        part.write_text(text + "\n", encoding="utf-8")
        part.replace(self.output / "results.json")

    def exit(self):
        """By the contract: violated, then failed or inconclusive, then nothing exercised."""
        verdicts = {result["verdict"] for result in self.results}
        if not verdicts - {"skipped"}:
            return 2 if self.stopped else 3
        worst = next(verdict for verdict in ORDER if verdict in verdicts)
        return EXIT[worst]
