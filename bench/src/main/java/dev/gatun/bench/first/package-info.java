/**
 * What first calls cost: a fresh JVM for each measurement, one contestant in it, the time of its
 * very first call, and the time from there until it is at 90 % of full speed. Making the model, or
 * the plan, and loading the library come before the clock starts.
 */
@NullMarked
package dev.gatun.bench.first;

import org.jspecify.annotations.NullMarked;
