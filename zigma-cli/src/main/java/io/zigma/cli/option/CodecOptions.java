package io.zigma.cli.option;

import io.zigma.pipeline.CodecSource;
import org.apache.commons.cli.Option;

/** The option that says where the codec of a model of latents is. */
public final class CodecOptions {

    /** {@code --codec}. */
    public static final Option CODEC =
            Flags.value(
                    null,
                    "codec",
                    "DIR",
                    "folder of the codec whose latents the model makes; default: the one that the"
                            + " checkpoint names, beside it or in a folder codecs");

    private CodecOptions() {}

    /**
     * Returns where the codec comes from.
     *
     * @param arguments the command's
     * @return the named folder, else what the checkpoint names
     * @throws UsageException if what was given is no path
     */
    public static CodecSource source(Arguments arguments) {
        return arguments.path(CODEC).map(CodecSource::at).orElse(CodecSource.NAMED);
    }
}
