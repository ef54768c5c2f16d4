/** Uses Gatun as a stranger would: from a repository, by its coordinates. */
package dev.gatun.examples.consumer;
