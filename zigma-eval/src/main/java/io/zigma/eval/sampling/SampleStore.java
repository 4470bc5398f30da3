package io.zigma.eval.sampling;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.zigma.base.SampleShape;
import io.zigma.eval.Pictures;
import io.zigma.io.AtomicFile;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * Samples of one setting on the disk: a file for every 64 pictures, whole or not there.
 *
 * <p>The folder's name is the settings' fingerprint, and every file contains it too, so that
 * samples of other settings are never taken for these.
 */
final class SampleStore {

    /** Pictures a file: what an interruption can cost, and the most that is made at once. */
    static final int SHARD = 64;

    private static final String PICTURES = "pictures";
    private static final String SETTINGS = "settings";
    private static final String EVALUATIONS = "evaluations";
    private static final String PASSES = "passes";
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private final Path folder;
    private final SampleSettings settings;
    private final SampleShape format;

    /**
     * Makes a store; nothing is written yet.
     *
     * @param samples the folder of all stores
     * @param settings what decides the samples
     * @param format the size of each
     */
    SampleStore(Path samples, SampleSettings settings, SampleShape format) {
        this.folder = samples.resolve(settings.key());
        this.settings = settings;
        this.format = format;
    }

    /**
     * Some consecutive samples.
     *
     * @param pictures at most {@link #SHARD}
     * @param evaluations of the model, all pictures together; a guided one counts once
     * @param passes through the network for that; a guided evaluation takes two
     */
    record Shard(Pictures pictures, long evaluations, long passes) {}

    /**
     * Reads the samples that are there.
     *
     * @param number of the shard, from 0 on
     * @return its pictures, none if there is no file
     * @throws IOException if there is a file that is not of these settings
     */
    Shard read(int number) throws IOException {
        Path file = file(number);
        if (!Files.exists(file)) {
            return new Shard(Pictures.of(format, new byte[0]), 0, 0);
        }
        try (SafetensorsFile stored = SafetensorsFile.open(file)) {
            long[] shape = stored.shape(PICTURES);
            if (!settings.fingerprint().equals(stored.metadata().get(SETTINGS))
                    || shape[0] > SHARD
                    || !Arrays.equals(shape, format.batch(shape[0]).getShape())) {
                throw foreign(file);
            }
            return new Shard(
                    Pictures.of(format, stored.bytes(PICTURES)),
                    Long.parseLong(stored.metadata().getOrDefault(EVALUATIONS, "")),
                    Long.parseLong(stored.metadata().getOrDefault(PASSES, "")));
        } catch (NumberFormatException e) {
            throw foreign(file);
        }
    }

    private static IOException foreign(Path file) {
        return new IOException(
                file
                        + ": does not hold the samples its place is for; delete it to make them again");
    }

    /**
     * Writes a shard, replacing what was there.
     *
     * @param number of the shard
     * @param shard all its pictures so far
     * @throws IOException if it cannot be written
     */
    void write(int number, Shard shard) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            AtomicFile.writeText(
                    folder.resolve("settings.json"), GSON.toJson(settings.fields()) + "\n");
        }
        Pictures pictures = shard.pictures();
        new SafetensorsWriter()
                .metadata(SETTINGS, settings.fingerprint())
                .metadata(EVALUATIONS, Long.toString(shard.evaluations()))
                .metadata(PASSES, Long.toString(shard.passes()))
                .bytes(PICTURES, format.batch(pictures.count()).getShape(), pictures.levels())
                .write(file(number));
    }

    private Path file(int number) {
        return folder.resolve(String.format(Locale.ROOT, "%06d.safetensors", number));
    }
}
