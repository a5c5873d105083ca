/**
 * Runs and sweeps told to an MLflow tracking server, over its REST interface.
 *
 * <p>Read first: {@link io.kiln.spark.mlflow.Tracking}.
 *
 * <p>Invariants: whoever trains never waits for the server and never fails because of it; the first
 * trouble is one warning, after which nothing more is sent; users, passwords and tokens are read
 * from the environment and stand in no file and no log.
 */
@NullMarked
package io.kiln.spark.mlflow;

import org.jspecify.annotations.NullMarked;
