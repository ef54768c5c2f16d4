/** JShell as {@code ./gatun shell} starts it. */
package dev.gatun.examples.shell;
