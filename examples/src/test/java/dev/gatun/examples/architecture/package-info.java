/** Holds the modules to the directions that the architecture gives them. */
package dev.gatun.examples.architecture;
