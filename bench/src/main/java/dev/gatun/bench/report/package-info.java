/** How figures are written down: JSON for machines, SVG for people. */
@NullMarked
package dev.gatun.bench.report;

import org.jspecify.annotations.NullMarked;
