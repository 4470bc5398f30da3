package io.zigma.backbone;

import java.util.Map;

/**
 * The diffusion process that published models were trained with, which their files do not contain.
 *
 * @param process its name in the registry of processes
 * @param options those of its settings that differ from the default
 */
public record TrainedWith(String process, Map<String, String> options) {

    /** Copies the options. */
    public TrainedWith {
        options = Map.copyOf(options);
    }
}
