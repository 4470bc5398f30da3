package io.zigma.spark;

import io.zigma.io.AtomicFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkFiles;

/**
 * Files that Spark's file server hands to each executor once, in archives named by their content.
 */
final class SharedFiles {

    private static final Map<String, Path> SCRATCH = new HashMap<>();

    private SharedFiles() {}

    /** Returns the folder of an application's archives, which the file server reads. */
    static synchronized Path scratch(SparkContext spark) throws IOException {
        Path folder = SCRATCH.get(spark.applicationId());
        if (folder == null) {
            folder = Files.createTempDirectory("zigma-spark");
            folder.toFile().deleteOnExit();
            SCRATCH.put(spark.applicationId(), folder);
        }
        return folder;
    }

    /**
     * Packs files and hands them to Spark, unless that was done before.
     *
     * @param folder what the folder in the archive is called
     * @param files by their paths in that folder
     * @param archive the archive's place in {@link #scratch}
     * @param spark serves it
     * @throws IOException if a file cannot be read or written
     */
    static synchronized void share(
            String folder, Map<String, Path> files, Path archive, SparkContext spark)
            throws IOException {
        if (Files.exists(archive)) {
            return;
        }
        AtomicFile.write(
                archive,
                channel -> {
                    OutputStream bytes = Channels.newOutputStream(channel);
                    ZipOutputStream zip = new ZipOutputStream(bytes);
                    zip.setLevel(Deflater.NO_COMPRESSION); // weights hardly compress
                    for (Map.Entry<String, Path> file : files.entrySet()) {
                        zip.putNextEntry(new ZipEntry(folder + "/" + file.getKey()));
                        Files.copy(file.getValue(), zip);
                        zip.closeEntry();
                    }
                    zip.finish();
                });
        archive.toFile().deleteOnExit();
        spark.addArchive(archive.toUri().toString());
    }

    /** Returns the unpacked folder of an archive, on an executor. */
    static Path folder(String archive, String folder) {
        return Path.of(SparkFiles.get(archive)).resolve(folder);
    }
}
