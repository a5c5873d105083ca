package io.kiln.spark.fit;

import java.io.Serializable;
import java.util.LinkedHashMap;

/**
 * Where a worker finds and leaves what outlives it.
 *
 * @param checkpoints folder of checkpoints, empty for none
 * @param sign file in it that the driver has written: whoever does not see it sees another folder
 * @param from checkpoint to go on from, empty to begin anew
 * @param metadata of checkpoints: what a later fit compares
 * @param keep what becomes of the trained values
 * @param fitted what was learnt from the data, for those who use the model
 */
record Saving(
    String checkpoints,
    String sign,
    String from,
    LinkedHashMap<String, String> metadata,
    Keep keep,
    LinkedHashMap<String, Object> fitted)
    implements Serializable {}
