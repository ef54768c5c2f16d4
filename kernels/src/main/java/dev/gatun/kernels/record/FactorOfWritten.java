package dev.gatun.kernels.record;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a number by which a kernel multiplies the former contents of what is {@link Written}: these
 * are read, and so {@link Updated}, unless the number is zero.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface FactorOfWritten {}
