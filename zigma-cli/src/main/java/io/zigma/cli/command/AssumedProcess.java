package io.zigma.cli.command;

import io.zigma.backbone.TrainedWith;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.Processes;

/** The process of an imported model where nothing says it: that of the published one. */
final class AssumedProcess {

    private AssumedProcess() {}

    /**
     * Makes the process.
     *
     * @param published what published models of the same shape were trained with
     * @return the process with those settings
     */
    static DiffusionProcess of(TrainedWith published) {
        return Processes.KINDS.get(published.process()).create(published.options());
    }
}
