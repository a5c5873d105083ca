package io.kiln.spark.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code kiln caption} asks for.
 *
 * @param models run folders, or the folders named model in them, whose networks write together
 * @param data folder of images' features and captions, or null for that of the training
 * @param split part of the data: train, dev, test
 * @param beam candidates of the search; 1: the likeliest word each time
 * @param penalty candidates are ranked by log p / length^penalty
 * @param consensus whether the candidate is taken that agrees best with all, not the best ranked
 * @param html page to write, or null
 * @param images zip file or folder with pictures for the page, or null for the one in the data
 * @param place on what; its {@code out} is the CSV, or null
 */
public record CaptionRequest(
    List<String> models,
    @Nullable String data,
    String split,
    int beam,
    double penalty,
    boolean consensus,
    @Nullable String html,
    @Nullable String images,
    TrainRequest.Place place) {}
