/** First values of parameters. */
@NullMarked
package dev.gatun.nn.init;

import org.jspecify.annotations.NullMarked;
