package io.zigma.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes pictures as WebDataset shards: {@code 00000.tar}, {@code 00001.tar}, …, each with {@code
 * KEY.png} and {@code KEY.json}, the recipe, of its pictures in order.
 *
 * <p>A shard is written beside its place and renamed. Its bytes depend on its pictures alone, so it
 * does not matter which attempt of a task comes first.
 */
public final class WebDatasetShards {

    private static final String ENDING = ".tar";

    private WebDatasetShards() {}

    /**
     * Writes all pictures, making them where they are not made yet.
     *
     * @param pictures rows with columns of {@link RequestSchema#PICTURES}, a shard a partition
     * @param folder a new or existing folder of any file system that Hadoop knows
     * @return how many pictures there are
     * @throws IOException if there are shards in the folder already, or it cannot be made
     */
    public static long write(Dataset<Row> pictures, String folder) throws IOException {
        Configuration hadoop = pictures.sparkSession().sparkContext().hadoopConfiguration();
        Path target = new Path(folder);
        FileSystem files = target.getFileSystem(hadoop);
        FileStatus[] there = files.globStatus(new Path(target, "*" + ENDING));
        if (there != null && there.length > 0) {
            throw new IOException(
                    "%s holds shards already; name another folder, or remove them"
                            .formatted(folder));
        }
        files.mkdirs(target);
        Writer writer = new Writer(folder, new SerializableConfiguration(hadoop));
        return pictures.toJavaRDD()
                .mapPartitions(rows -> List.of(writer.write(rows)).iterator())
                .reduce(Long::sum);
    }

    /** Returns the name of a shard. */
    static String name(int shard) {
        return String.format(Locale.ROOT, "%05d", shard) + ENDING;
    }

    private record Writer(String folder, SerializableConfiguration hadoop) implements Serializable {

        long write(Iterator<Row> pictures) throws IOException {
            TaskContext task = TaskContext.get();
            Path place = new Path(folder, name(task.partitionId()));
            Path part = new Path(folder, ".%s.%s".formatted(place.getName(), task.taskAttemptId()));
            FileSystem files = place.getFileSystem(hadoop.value());
            boolean whole = false;
            try {
                long count;
                try (OutputStream out = files.create(part, true);
                        TarArchiveOutputStream tar =
                                new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name())) {
                    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
                    count = add(pictures, tar);
                }
                publish(files, part, place);
                whole = true;
                return count;
            } finally {
                if (!whole) {
                    files.delete(part, false);
                }
            }
        }

        private static long add(Iterator<Row> pictures, TarArchiveOutputStream tar)
                throws IOException {
            long count = 0;
            while (pictures.hasNext()) {
                Row picture = pictures.next();
                String key = picture.getString(picture.fieldIndex(RequestSchema.KEY));
                add(key + ".png", (byte[]) picture.get(picture.fieldIndex(RequestSchema.PNG)), tar);
                String recipe = picture.getString(picture.fieldIndex(RequestSchema.RECIPE));
                add(key + ".json", recipe.getBytes(StandardCharsets.UTF_8), tar);
                count++;
            }
            return count;
        }

        private static void add(String name, byte[] bytes, TarArchiveOutputStream tar)
                throws IOException {
            TarArchiveEntry entry = new TarArchiveEntry(name);
            entry.setSize(bytes.length);
            entry.setModTime(new Date(0)); // the same bytes whenever it is written
            entry.setIds(0, 0);
            entry.setNames("", "");
            tar.putArchiveEntry(entry);
            tar.write(bytes);
            tar.closeArchiveEntry();
        }

        private static void publish(FileSystem files, Path part, Path place) throws IOException {
            if (files.exists(place)) {
                files.delete(part, false); // another attempt wrote the same bytes
            } else if (!files.rename(part, place) && !files.exists(place)) {
                throw new IOException("%s cannot be renamed to %s".formatted(part, place));
            }
        }
    }
}
