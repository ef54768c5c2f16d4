/** Tests of the thermometer program. */
package dev.gatun.examples.thermometer;
