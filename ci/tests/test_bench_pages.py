"""The page of the fuzzers' benchmark says what was measured, and nothing else."""

import sys
import unittest

from script import CI

sys.path.insert(0, str(CI))
import bench_pages


def row(executions, caught=True):
    return {"caught": caught, "executions": executions, "property": "ADV-01"}


SPEED = {"loopback": {"per_second": 50000}, "yardstick fuzz": {"per_cpu_second": 1000000, "of_yardstick": 1.0},
         "session fuzz": {"per_cpu_second": 5000, "of_yardstick": 0.005},
         "session fuzz-fast": {"per_cpu_second": 9000, "of_yardstick": 0.003, "steps": 7.5}}
CATCHES = {"a | libFuzzer | scripts": row(100), "a | libFuzzer | octets": row(500),
           "b | libFuzzer | scripts": row(10), "b | libFuzzer | octets": row(1000, caught=False),
           "c | libFuzzer | scripts": row(1000, caught=False), "c | libFuzzer | octets": row(7)}
CONDITIONS = {"executions": 1000, "processors": 2, "load": 0.5}


class BenchPages(unittest.TestCase):
    def test_ratios_are_of_what_both_caught(self):
        self.assertIn("octets: 5.0 times as many", bench_pages.ratios(CATCHES))
        self.assertIn("over the 1 faults that both caught; 1 more", bench_pages.ratios(CATCHES))

    def test_what_was_not_caught_counts_as_a_lower_bound(self):
        self.assertIn("octets: at least 52.5 times as many, the median over all 2 faults",
                      bench_pages.lower_bounds(CATCHES, 1000))

    def test_a_median_behind_the_catches_is_not_reached(self):
        few = {"a | AFL++ | octets": row(9), "b | AFL++ | octets": row(9, False), "c | AFL++ | octets": row(9, False)}
        self.assertIn("| AFL++ | octets | 3 | 1 | not reached |", bench_pages.catches_table(few))

    def test_the_page_is_made_of_measurements_alone(self):
        page = bench_pages.page(SPEED, CATCHES, CONDITIONS)
        for said in ("after 1,000 executions", "2 processors", "1/50,000 s",
                     "| session | 5,000 | 0.0050 | 9,000 | 0.0030 | 0.10 | 7.5 | 37,500 |",
                     "| yardstick | 1,000,000 | 1.0000 | – | – | 20.00 | – | – |"):
            self.assertIn(said, page)

    def test_nothing_is_published_of_half_a_measurement(self):
        for missing in (({}, CATCHES, CONDITIONS), (SPEED, {}, CONDITIONS), (SPEED, CATCHES, {})):
            self.assertRaises(ValueError, bench_pages.publish, *missing)


if __name__ == "__main__":
    unittest.main()
