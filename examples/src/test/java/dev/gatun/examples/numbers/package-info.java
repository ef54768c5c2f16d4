/** Results that must come out to the printed digits. */
package dev.gatun.examples.numbers;
