package dev.gatun.bench.cases;

import dev.gatun.bench.contest.BenchmarkCase;
import java.util.List;

/**
 * Cases that belong together: they share a table and a chart, and each fork measures one family.
 *
 * @param name a short name for options and files, such as {@code sgemm}
 * @param title what the table is called
 * @param cases the rows
 */
public record Family(String name, String title, List<BenchmarkCase> cases) {}
