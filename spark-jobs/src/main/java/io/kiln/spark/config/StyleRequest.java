package io.kiln.spark.config;

import io.kiln.nn.style.StyleSettings;
import org.jspecify.annotations.Nullable;

/**
 * What {@code kiln style} asks for.
 *
 * @param content picture, or a folder of pictures
 * @param style picture whose manner is taken
 * @param out file of the result, or a folder for those of a folder
 * @param net network whose features are compared, as model.type
 * @param weights its trained values, or null for the usual file below the folder of data sets
 * @param settings how
 * @param place on what; its {@code out} is {@code out}
 */
public record StyleRequest(
    String content,
    String style,
    String out,
    String net,
    @Nullable String weights,
    StyleSettings settings,
    TrainRequest.Place place) {}
