package io.zigma.cli.option;

import ai.djl.Device;
import io.zigma.engine.EngineStart;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.cli.Option;

/**
 * Where and with how many threads to compute.
 *
 * @param gpu number of the GPU, or −1 for the CPU
 * @param threads threads of the tensor engine, or 0 for as many as it likes
 * @param tf32 whether a GPU rounds the factors of float32 products to 10 bits
 */
public record ComputeOptions(int gpu, int threads, boolean tf32) {

    public static final Option THREADS =
            Flags.value("t", "threads", "N", "threads to compute with; default: one a core");
    public static final Option DEVICE =
            Flags.value(
                    null,
                    "device",
                    "NAME",
                    "cpu (default), gpu, or gpu1 for the second GPU; a GPU needs libtorch for CUDA");
    public static final Option TF32 =
            Flags.value(
                    null,
                    "tf32",
                    "on|off",
                    "on a GPU: round the factors of float32 products to 10 bits, which is faster;"
                            + " default: on for training, else off");

    /** The options of a command that has no more of this kind. */
    public static final OptionSection SECTION =
            OptionSection.of("Where to compute", THREADS, DEVICE, TF32);

    /**
     * What the engine's start goes by; the variable of that name in the environment is stronger.
     */
    private static final String TF32_PROPERTY = "ZIGMA_TF32";

    private static final String ON = "on";
    private static final String OFF = "off";

    private static final Pattern NAME = Pattern.compile("cpu|gpu(?::?(\\d{1,2}))?");
    private static final int MOST_THREADS = 1024;

    /**
     * Reads the options; the engine is not loaded by this.
     *
     * @throws UsageException if the device's name is none
     */
    public static ComputeOptions of(Arguments arguments) {
        return of(arguments, OFF);
    }

    /**
     * Reads the options of a command that trains; the engine is not loaded by this.
     *
     * @throws UsageException if the device's name is none
     */
    public static ComputeOptions ofTraining(Arguments arguments) {
        return of(arguments, ON);
    }

    private static ComputeOptions of(Arguments arguments, String tf32) {
        String name = arguments.text(DEVICE).orElse("cpu");
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new UsageException(
                    "--device knows no '%s' (cpu, gpu, gpu0, gpu1, ...)".formatted(name));
        }
        String number = matcher.group(1);
        int gpu = name.equals("cpu") ? -1 : number == null ? 0 : Integer.parseInt(number);
        return new ComputeOptions(
                gpu,
                arguments.integer(THREADS, 1, MOST_THREADS, 0),
                arguments.choice(TF32, List.of(ON, OFF), tf32).equals(ON));
    }

    /**
     * Says where and how training computes, where that is not the processor.
     *
     * @return one line for a GPU
     */
    public Optional<String> note() {
        return gpu < 0
                ? Optional.empty()
                : Optional.of(
                        tf32
                                ? "computing on GPU %s, float32 with products in TF32 (--tf32 off for float32 alone)"
                                        .formatted(gpu)
                                : "computing on GPU %s in float32".formatted(gpu));
    }

    /** Returns the same with another number of threads. */
    public ComputeOptions withThreads(int changed) {
        return new ComputeOptions(gpu, changed, tf32);
    }

    /** Returns the same on another device: a GPU by its number, or −1 for the CPU. */
    ComputeOptions withGpu(int changed) {
        return new ComputeOptions(changed, threads, tf32);
    }

    /** Returns the device asked for, whether it is there or not; the engine is not loaded. */
    public Device device() {
        return gpu < 0 ? Device.cpu() : Device.gpu(gpu);
    }

    /**
     * Loads the engine already if a GPU is asked for: one that is not there is refused before the
     * pictures are read, which can take a while.
     *
     * @throws IOException if the GPU asked for is not there
     */
    public void requireGpu() throws IOException {
        if (gpu >= 0) {
            start();
        }
    }

    /**
     * Loads the engine. The number of threads is read at this moment and stays.
     *
     * @return the device to compute on
     * @throws IOException if the GPU asked for is not there
     */
    public Device start() throws IOException {
        if (threads > 0) {
            System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        }
        if (gpu < 0) {
            EngineStart.engine();
            return Device.cpu();
        }
        System.setProperty(TF32_PROPERTY, tf32 ? "1" : "0"); // read when the engine starts
        Gpus.require(EngineStart.engine(), gpu);
        return Device.gpu(gpu);
    }
}
