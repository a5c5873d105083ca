package io.kiln.nn.train;

/**
 * What one epoch gave; the same on every worker but for the times. Metrics that do not apply
 * (accuracy of a regression, validation without data) are NaN.
 *
 * @param epoch 1 for the first
 * @param step steps done since the beginning
 * @param trainLoss mean loss over the epoch's samples, each at the weights of its step
 * @param trainAccuracy share of right answers likewise
 * @param validationLoss mean loss over the validation set after the epoch
 * @param validationAccuracy share of right answers likewise
 * @param learningRate of the last step
 * @param seconds of the epoch, validation included
 * @param samplesPerSecond training samples over training time
 */
public record EpochRecord(
    int epoch,
    long step,
    double trainLoss,
    double trainAccuracy,
    double validationLoss,
    double validationAccuracy,
    double learningRate,
    double seconds,
    double samplesPerSecond) {}
