/**
 * Typed reading of configuration values, with errors that name the key.
 *
 * <p>Read first: {@link io.kiln.nn.config.Settings}. Invariant: a default stands only where the key
 * is read, so it stands once.
 */
@NullMarked
package io.kiln.nn.config;

import org.jspecify.annotations.NullMarked;
