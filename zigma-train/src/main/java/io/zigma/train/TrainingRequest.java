package io.zigma.train;

import ai.djl.Device;
import io.zigma.text.TextEncoders;
import io.zigma.train.card.Provenance;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.data.ImageDataset;
import java.nio.file.Path;

/**
 * What a run is started or resumed with: {@code TrainingRequest.of(folder, config,
 * data).withDevice(Device.gpu())}.
 *
 * @param folder where the run writes; made if it is not there
 * @param config its settings; of a run that resumes the requested ones
 * @param data what to train on
 * @param provenance what people will want to know
 * @param device where to compute
 * @param encoders where the text encoder of a model for text comes from
 */
public record TrainingRequest(
        Path folder,
        TrainingConfig config,
        ImageDataset data,
        Provenance provenance,
        Device device,
        TextEncoderOpener encoders) {

    /**
     * Requests a run on the CPU, of which nothing else is known, and whose text encoder is found by
     * its content.
     *
     * @param folder where the run writes
     * @param config its settings
     * @param data what to train on
     * @return a request to change parts of
     */
    public static TrainingRequest of(Path folder, TrainingConfig config, ImageDataset data) {
        return new TrainingRequest(
                folder, config, data, Provenance.UNKNOWN, Device.cpu(), TextEncoders::find);
    }

    /**
     * Returns the same with more to know.
     *
     * @param changed for the checkpoints and their cards
     * @return a changed copy
     */
    public TrainingRequest withProvenance(Provenance changed) {
        return new TrainingRequest(folder, config, data, changed, device, encoders);
    }

    /**
     * Returns the same on another device.
     *
     * @param changed where to compute
     * @return a changed copy
     */
    public TrainingRequest withDevice(Device changed) {
        return new TrainingRequest(folder, config, data, provenance, changed, encoders);
    }

    /**
     * Returns the same with a text encoder from elsewhere.
     *
     * @param changed opens the encoder that the settings name; the run closes it
     * @return a changed copy
     */
    public TrainingRequest withEncoders(TextEncoderOpener changed) {
        return new TrainingRequest(folder, config, data, provenance, device, changed);
    }
}
