/** Tests of the digits program. */
package dev.gatun.examples.digits;
