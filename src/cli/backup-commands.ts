import type { Command } from 'commander';

/** Adds `backup` and `restore`. */
export function addBackupCommands(tender: Command): void {
  tender
    .command('backup')
    .description('save the database into a file, also while the server runs')
    .argument('<file>', 'file that is made')
    .option('--with-key', 'save the key beside it: who has both can read all of it')
    .option('-d, --data <folder>', 'data folder (TENDER_DATA)')
    .action(async (file: string, options: { data?: string; withKey?: boolean }) => {
      const { backup } = await import('./backup.js');
      backup(file, options);
    });
  tender
    .command('restore')
    .description('put a backup into an empty data folder, and verify it')
    .argument('<file>', 'file that tender backup made')
    .option('-d, --data <folder>', 'data folder (TENDER_DATA)')
    .action(async (file: string, options: { data?: string }) => {
      const { restore } = await import('./restore.js');
      await restore(file, options);
    });
}
