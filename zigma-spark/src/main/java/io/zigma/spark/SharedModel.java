package io.zigma.spark;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.io.ContentHash;
import io.zigma.op.Precision;
import io.zigma.pipeline.CodecSource;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkContext;

/**
 * A checkpoint that every executor gets once: an archive named by the hash of its weights and
 * description, which Spark's file server hands out and which each executor unpacks into its own
 * folder. What is read from there is compared with the hash again.
 *
 * @param archive the name of the archive, and of the folder it is unpacked into
 * @param name the checkpoint folder's own name, which recipes contain
 * @param hash SHA-256 of the weights
 * @param precision what large matrix products are taken in
 */
record SharedModel(String archive, String name, String hash, Precision precision)
        implements Serializable {

    private static final long serialVersionUID = 1;

    /**
     * Packs a checkpoint, with its codec, and hands it to Spark.
     *
     * @param checkpoint the model
     * @param precision what large matrix products are taken in
     * @param scratch a folder that is there as long as the Spark context
     * @param spark serves the archive
     * @throws IOException if a file cannot be read or written
     */
    static SharedModel share(
            CheckpointFolder checkpoint, Precision precision, Path scratch, SparkContext spark)
            throws IOException {
        Path folder = checkpoint.path().toAbsolutePath().normalize();
        String name = String.valueOf(folder.getFileName());
        Map<String, Path> files = new LinkedHashMap<>();
        files.put(CheckpointFolder.CONFIG, folder.resolve(CheckpointFolder.CONFIG));
        files.put(CheckpointFolder.WEIGHTS, folder.resolve(CheckpointFolder.WEIGHTS));
        Optional<CodecFolder> codec =
                CodecSource.NAMED
                        .beside(folder)
                        .find(checkpoint.config(), checkpoint.path().toString());
        if (codec.isPresent()) {
            for (String file : new String[] {CodecFolder.CONFIG, CodecFolder.WEIGHTS}) {
                // where a codec is looked for first: in the model's own folder
                files.put("codec/" + file, codec.get().path().resolve(file));
            }
        }
        // the same weights may have other defaults in config.json
        ContentHash content =
                new ContentHash()
                        .add(checkpoint.weightsHash())
                        .add(ContentHash.ofFile(folder.resolve(CheckpointFolder.CONFIG)));
        if (codec.isPresent()) {
            content.add(codec.get().reference().hash());
        }
        String archive = "zigma-%s-%s.zip".formatted(content.hex().substring(0, 32), name);
        Path place = scratch.resolve(archive);
        SharedFiles.share(name, files, place, spark);
        return new SharedModel(archive, name, checkpoint.weightsHash(), precision);
    }

    /**
     * Opens the executor's copy.
     *
     * @throws IOException if it did not arrive whole
     */
    CheckpointFolder open() throws IOException {
        Path folder = SharedFiles.folder(archive, name);
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
        CheckpointFolder checkpoint = CheckpointFolder.open(folder);
        if (!checkpoint.weightsHash().equals(hash)) {
            throw new IOException(
                    "%s holds other weights than %s…; start the job again"
                            .formatted(folder, hash.substring(0, 12)));
        }
        return checkpoint;
    }
}
